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
  const { databases } = listing
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
    '# By name, or by account/region/name where several have it.',
    '#   environment: production or staging',
    '#   twin:        the staging database that stands surety for it, or none',
    '#   target:      the CA to go to; otherwise it is decided on screen',
    databases.length === 0 ? 'databases: {}' : 'databases:',
    ...databases.slice(0, WRITTEN).flatMap((one) => databaseLines(one, databases, rows.get(one.record.resourceId))),
    ...(databases.length > WRITTEN ? [`  # … and ${databases.length - WRITTEN} more, as production.`] : []),
    '',
    '# What connects to them, whose it is, and what it really does with a certificate.',
    '# applications:',
    '#   orders-api:',
    '#     owner: { name: Orders team, mail: orders@example.com }',
    `#     databases: [${databases[0] ? scalar(nameOf(databases[0])) : 'orders'}]`,
    '#     verification: verify-full                     # verify-full, verify-ca, none, plain',
    '#     users: [orders_api]',
    '#     trustStores: [{ kind: pem, path: /etc/orders/rds-ca.pem }]',
    'applications: {}',
  ]
  return `${lines.join('\n')}\n`
}

const nameOf = ({ about }: FleetDatabase): string => about.called ?? about.name

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

function databaseLines(one: FleetDatabase, all: readonly FleetDatabase[], row: FleetRow | undefined): string[] {
  const { record, at } = one
  const why = looksLikeStaging(one)
  const twin = why === undefined ? twinFor(one, all) : undefined
  return [
    `  # ${record.engine} ${record.engineVersion} in ${at.account} ${at.region}, ${record.ca}${row ? `: ${rotatesWords(row)}` : ''}`,
    `  ${scalar(nameOf(one))}:`,
    `    environment: production${why === undefined ? '' : ` # ${why}: if it is staging, say so`}`,
    ...(twin === undefined
      ? []
      : [`    # twin: ${scalar(nameOf(twin))} # its name says so; it must be declared as staging`]),
  ]
}

/** What suggests that it is not production. */
function looksLikeStaging({ about, record }: FleetDatabase): string | undefined {
  if (STAGING.test(about.name)) return 'by its name'
  const tag = Object.entries(record.tags).find(
    ([key, value]) => /^(env|environment|stage)$/i.test(key) && STAGING.test(oneLine(value)),
  )
  return tag && `by its tag ${oneLine(tag[0])}=${oneLine(tag[1])}`
}

/** A tag's value may hold anything. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 60)

/** A database whose name differs from this one's only in what says staging, of the same engine and Region. */
function twinFor(one: FleetDatabase, all: readonly FleetDatabase[]): FleetDatabase | undefined {
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
      other.record.engine === one.record.engine &&
      other.at.region === one.at.region &&
      bare(other.about.name) === bare(one.about.name),
  )
}
