/** What `trust-stores` says, in lines. Pure. */
import { day } from '../tls/describe.ts'
import { several } from '../bundle/text.ts'
import { labelled, wrap } from '../check/wrap.ts'
import type { JudgedStore, RegionRoots, StoreUse, StoreVerdict } from './judged-store.ts'
import type { Root, Wanted } from './wanted.ts'

const COLUMN = 15
/** A store with the whole bundle in it has more than thirty Regions. */
const REGIONS_SHOWN = 4
const NAMES_SHOWN = 4

const VERDICTS: Readonly<Record<StoreVerdict, string>> = {
  good: 'GOOD: every root that is wanted is in it.',
  lacks: 'LACKS A ROOT: whoever verifies with it loses the connection when the missing root is served.',
  'no-roots': 'REFUSED: no root is in it, only what AWS replaces: it breaks at the next automatic renewal.',
  empty: 'EMPTY: a client with this store trusts nobody.',
  'not-judged': 'NOT JUDGED: nothing says which roots it has to hold.',
  'not-needed': 'NOT NEEDED: this application does not meet or not verify the database’s certificate.',
}

const NEXT: Readonly<Partial<Record<StoreVerdict, string>>> = {
  lacks:
    'put the bundle into it, beside what is there (rds-ca-runbook bundle write makes it in the client’s form), restart what caches it, and look again.',
  'no-roots': 'put the roots of the bundle in place of what is in it (rds-ca-runbook bundle write), and look again.',
  empty: 'see that this is the store that the application really loads; put the bundle into it.',
  'not-judged':
    'name the Region with --region, and a bundle with --bundle FILE, or fetch one: rds-ca-runbook bundle fetch.',
}

const named = (roots: readonly Root[]): string => roots.map(({ ca }) => ca).join(', ')

/** A few names, and how many more there are. */
function namesText(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN
  return names.slice(0, NAMES_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function wantedText({ databases, region, target, served, all }: Wanted): string {
  const place = databases.length === 0 ? region : `${namesText(databases)} (${region})`
  const to = target && `${target.ca}${target.proposed ? ' (proposed: no target is decided)' : ''}`
  if (to && served && target.sha1 !== served.sha1) return `${place}: from ${served.ca} to ${to}`
  if (to) return `${place}: ${to}${served ? '' : '; what is served now is not on record'}`
  if (served) return `${place}: stays on ${served.ca}, and no other CA is offered`
  return `${place}: ${all.length === 0 ? 'no root is known' : 'every root of the Region'}`
}

const judgedLines = ({ judged, verdict }: JudgedStore, width: number): string[] =>
  (verdict === 'not-needed' ? [] : judged).flatMap(({ wanted, present, missing, namesakes }) => [
    ...labelled('    for', wantedText(wanted), width, COLUMN),
    ...(present.length > 0 ? labelled('      there', named(present), width, COLUMN) : []),
    ...(missing.length > 0 ? labelled('      MISSING', named(missing), width, COLUMN) : []),
    ...namesakes.flatMap(({ ca, sha1 }) =>
      labelled('      instead', `another certificate with the name of ${ca} (SHA-1 ${sha1})`, width, COLUMN),
    ),
  ])

const rootText = ({ ca, notAfter, expired }: RegionRoots['roots'][number]): string =>
  `${ca} ${expired ? `EXPIRED ${day(notAfter)}` : `until ${day(notAfter)}`}`

/** The Regions that matter, and how many others there are. */
function regionLines({ regions, judged }: JudgedStore, width: number): string[] {
  const wanted = new Set(judged.map((one) => one.wanted.region))
  const concern = regions.filter(({ region }) => region === undefined || wanted.has(region))
  const others = regions.filter((one) => !concern.includes(one))
  const shown = [...concern, ...others.slice(0, Math.max(0, REGIONS_SHOWN - concern.length))]
  const rest = regions.length - shown.length
  return [
    ...shown.flatMap(({ region, roots }) =>
      labelled(`    ${region ?? 'all Regions'}`, roots.map((root) => rootText(root)).join(', '), width, COLUMN + 6),
    ),
    ...(rest > 0 ? [`    and the roots of ${several(rest, 'other Region')}`] : []),
  ]
}

function holdsText({ regions, others, otherRoots, amazonRoots, seen }: JudgedStore): string {
  const rds = regions.reduce((sum, { roots }) => sum + roots.length, 0)
  const places = regions.filter(({ region }) => region !== undefined).length
  return [
    several(seen.certificates.length, 'certificate'),
    `${several(rds, 'root')} of RDS${places > 0 ? ` (${several(places, 'Region')})` : ''}`,
    ...(otherRoots > 0
      ? [
          `${several(otherRoots, 'other root')}${amazonRoots > 0 ? `, ${amazonRoots} of them Amazon’s public ones` : ''}`,
        ]
      : []),
    ...(others.length > 0 ? [`${others.length} that ${others.length === 1 ? 'is no root' : 'are no roots'}`] : []),
  ].join('; ')
}

/** Behind RDS Proxy other roots matter, and whether they are there is worth a line. */
function proxyText({ use, amazonRoots }: JudgedStore): string | undefined {
  if (use.route !== 'rds-proxy') return undefined
  return amazonRoots > 0
    ? 'RDS Proxy shows a certificate of Amazon’s public CAs; their roots are in it.'
    : 'RDS Proxy shows a certificate of Amazon’s public CAs, and none of their roots is in it: a client that verifies the proxy with this store fails today.'
}

/** One store, in lines no wider than `width` (a path or digest that is longer stays whole). */
export function storeLines(store: JudgedStore, width: number): readonly string[] {
  const { seen, kind, verdict } = store
  const proxy = proxyText(store)
  const next = NEXT[verdict]
  return [
    ...wrap(`${seen.location} (${kind})`, width, '  '),
    ...wrap(VERDICTS[verdict], width, '    '),
    ...judgedLines(store, width),
    ...labelled('    holds', holdsText(store), width, COLUMN),
    ...regionLines(store, width),
    ...(proxy === undefined ? [] : labelled('    proxy', proxy, width, COLUMN)),
    ...seen.findings.flatMap(({ detail }) => labelled('    note', detail, width, COLUMN)),
    ...labelled('    SHA-256', seen.sha256, width, COLUMN),
    ...(next === undefined ? [] : labelled('    next', next, width, COLUMN)),
  ]
}

const ROUTE_WORDS = {
  direct: '',
  'rds-proxy': ', through RDS Proxy',
  pooler: ', through a pooler (its store counts)',
  cname: ', under a CNAME',
}

/** Whose stores follow. */
export const useLines = ({ application, owner, verification, route }: StoreUse, width: number): readonly string[] =>
  application === undefined
    ? []
    : wrap(`${application}${owner === undefined ? '' : ` (${owner})`}: ${verification}${ROUTE_WORDS[route]}`, width)

/** A store that could not be read. */
export const unreadLines = (what: string, message: string, width: number): readonly string[] => [
  ...wrap(what, width, '  '),
  ...wrap(`NOT READ: ${message}`, width, '    '),
]
