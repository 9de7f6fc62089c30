import { stringify } from 'yaml'
import { CONFIG_FORMAT } from '../config/schema.ts'
import type { FleetDatabase } from './fleet.ts'
import type { FleetRow } from './inventory.ts'
import type { FleetListing } from './list-fleet.ts'
import type { Place } from './place.ts'
import { rotatesWords } from './words.ts'

/** How many databases are written down; the others are counted. A file of thousands is read by nobody. */
const WRITTEN = 300

/** A text as YAML writes it, on one line. */
const scalar = (text: string): string => stringify(text, { lineWidth: 0 }).trimEnd()

/** In names and tags: what people call what is not production. */
const STAGING = /(^|[-_./ ])(stage|staging|stg|test|dev|development|qa|uat|sandbox|preprod)([-_./ ]|$)/i

/**
 * A configuration with what was discovered, for a person to go over: nothing is declared in it that AWS does not say. What names and
 * tags suggest stands in comments, because a wrong "staging" would open gates.
 */
export function initialConfig(listing: FleetListing, places: readonly Place[], schema: string | undefined): string {
  const entries = entriesOf(listing)
  const rows = listing.inventory.rowsByResource()
  const lines = [
    ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
    '# What rds-ca-runbook is told about your databases. Written from what AWS lists; go over it, and keep it with your code.',
    '# Flags and environment variables (RDS_CA_RUNBOOK_REGIONS, RDS_CA_RUNBOOK_PROFILES) go before what stands here.',
    `formatVersion: ${CONFIG_FORMAT}`,
    '',
    ...placeLines(places),
    '# What tags say of databases that are not declared below. Production is whatever is not declared otherwise.',
    '# discovery:',
    '#   environment: { tag: env, staging: [staging, test] }',
    '',
    '# By name, or by account/region/name where several have it. What is declared of an Aurora cluster is declared of its members,',
    '# as far as they are not declared themselves.',
    '#   environment: production or staging',
    '#   twin:        the staging database that stands surety for it, or none',
    '#   target:      the CA to go to; otherwise it is decided on screen',
    '#   timing:      now, window or without-restart',
    entries.length === 0 ? 'databases: {}' : 'databases:',
    ...entries.slice(0, WRITTEN).flatMap((one) => entryLines(one, entries, rows)),
    ...(entries.length > WRITTEN ? [`  # … and ${entries.length - WRITTEN} more, as production.`] : []),
    '',
    '# What connects to them, whose it is, and what it really does with a certificate.',
    '# applications:',
    '#   orders-api:',
    '#     owner: { name: Orders team, mail: orders@example.com }',
    `#     databases: [${entries[0] ? scalar(entries[0].name) : 'orders'}]`,
    '#     verification: verify-full                     # verify-full, verify-ca, none, plain',
    '#     users: [orders_api]',
    '#     trustStores: [{ kind: pem, path: /etc/orders/rds-ca.pem }]',
    'applications: {}',
  ]
  return `${lines.join('\n')}\n`
}

function placeLines(places: readonly Place[]): string[] {
  const said = places.filter(({ profile, role, regions }) => profile ?? role ?? regions)
  const regionsOf = ({ regions }: Place): string[] =>
    regions === undefined ? [] : [`regions: ${regions === 'all' ? 'all' : `[${regions.join(', ')}]`}`]
  if (said.length === 0)
    return [
      '# Where to look; without any: the credentials and the Region of whoever starts it.',
      '# accounts:',
      '#   - { profile: production, regions: all }',
      '',
    ]
  return [
    '# Where to look.',
    'accounts:',
    ...said.map((place) => {
      const members = [
        ...(place.profile === undefined ? [] : [`profile: ${scalar(place.profile)}`]),
        ...(place.role === undefined ? [] : [`role: ${scalar(place.role)}`]),
        ...regionsOf(place),
      ]
      return `  - { ${members.join(', ')} }`
    }),
    '',
  ]
}

/** What is declared under one name: a database, or an Aurora cluster with its members. */
interface Entry {
  /** As it is declared, and as AWS knows it. */
  readonly name: string
  readonly awsName: string
  readonly first: FleetDatabase
  readonly members: readonly FleetDatabase[]
}

function entriesOf({ databases, names }: FleetListing): Entry[] {
  const entries = new Map<string, FleetDatabase[]>()
  for (const one of databases) {
    const { about, record } = one
    const cluster = names.namesOf(about).findLast((name) => names.standingFor(name)?.members !== undefined)
    const name = (record.kind === 'database' ? cluster : undefined) ?? about.called ?? about.name
    entries.set(name, [...(entries.get(name) ?? []), one])
  }
  return [...entries].flatMap(([name, [first, ...more]]) => {
    if (!first) return []
    const { about, record } = first
    const cluster = record.kind === 'database' ? record.clusterId : undefined
    return [{ name, first, members: cluster === undefined ? [] : [first, ...more], awsName: cluster ?? about.name }]
  })
}

function entryLines(one: Entry, all: readonly Entry[], rows: ReadonlyMap<string, FleetRow>): string[] {
  const { record, at } = one.first
  const of = ({ record: { ca, resourceId } }: FleetDatabase): string => {
    const row = rows.get(resourceId)
    return `${ca}${row ? `: ${rotatesWords(row)}` : ''}`
  }
  const what = `${record.engine} ${record.engineVersion} in ${at.account} ${at.region}`
  const why = looksLikeStaging(one)
  const twin = why === undefined ? twinFor(one, all) : undefined
  return [
    ...(one.members.length === 0
      ? [`  # ${what}, ${of(one.first)}`]
      : [`  # ${what}, an Aurora cluster:`, ...one.members.map((each) => `  #   ${each.about.name}, ${of(each)}`)]),
    `  ${scalar(one.name)}:`,
    `    environment: production${why === undefined ? '' : ` # ${why}: if it is staging, say so`}`,
    ...(twin === undefined
      ? []
      : [`    # twin: ${scalar(twin.name)} # its name says so; it must be declared as staging`]),
  ]
}

/** What suggests that it is not production. */
function looksLikeStaging({ awsName, first: { record } }: Entry): string | undefined {
  if (STAGING.test(awsName)) return 'by its name'
  const tag = Object.entries(record.tags).find(
    ([key, value]) => /^(env|environment|stage)$/i.test(key) && STAGING.test(oneLine(value)),
  )
  return tag && `by its tag ${oneLine(tag[0])}=${oneLine(tag[1])}`
}

/** A tag's value may hold anything. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 60)

/** What differs from this one by name only in what says staging, of the same kind, engine and Region. */
function twinFor(one: Entry, all: readonly Entry[]): Entry | undefined {
  const bare = (name: string): string =>
    name
      .toLowerCase()
      .split(/[-_.]/)
      .filter((word) => !STAGING.test(word) && !/^(prod|production|prd|live)$/.test(word))
      .join('-')
  return all.find(
    (other) =>
      other !== one &&
      looksLikeStaging(other) !== undefined &&
      other.first.record.engine === one.first.record.engine &&
      other.members.length > 0 === one.members.length > 0 &&
      other.first.at.region === one.first.at.region &&
      bare(other.awsName) === bare(one.awsName),
  )
}
