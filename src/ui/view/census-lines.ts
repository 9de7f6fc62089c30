/** Who is connected, in lines: each client with whose it is, and below it where from, how, and when it was seen. */
import type { ClientName } from '../../rules/clients.ts'
import { accountOf, applicationOf, standsBetween } from '../../rules/clients.ts'
import { mayUseTls, type Transport } from '../../rules/census.ts'
import type { NewCertificate, Returned, Whose } from '../../rules/returned.ts'
import { newestOf, type Sighting, type Tally } from '../../rules/tally.ts'
import type { WatchEvent } from '../../census/watch.ts'
import { duration, utc } from './duration.ts'

export const TRANSPORT_WORDS: Readonly<Record<Transport, string>> = {
  tls: 'TLS',
  plain: 'without TLS',
  local: 'local socket',
  unknown: 'transport not shown',
}

const ROUTE_WORDS = { 'rds-proxy': 'RDS Proxy', pooler: 'pooler' } as const

/** A client as it is called: by what it calls itself, and its user. */
export const clientWords = ({ user, application }: ClientName): string =>
  application === '' ? `${user} (no name)` : `${application} (${user})`

/** Whose it is, in a few words; nothing where nobody has said. */
export function whoseWords(client: ClientName, { applications, accounted }: Whose): string {
  const declared = applicationOf(client, applications, accounted)
  if (declared) return `application ${declared.name}`
  const account = accountOf(client, accounted)
  return account && account.as !== 'application' ? `accounted for: ${account.as} (${account.why})` : 'NOBODY’S YET'
}

const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

function fromWords({ address, transport }: Sighting, { applications }: Whose): string {
  if (transport === 'local') return 'this host'
  if (address === '') return 'somewhere'
  const between = standsBetween(address, applications)
  return between ? `${address} (${ROUTE_WORDS[between.route]} of ${between.of})` : address
}

function sightingLine(one: Sighting, tally: Tally, whose: Whose): string {
  const now = one.last === tally.last ? `${many(one.sessions, 'session')} now` : 'not connected now'
  const how = one.protocol ? `${[one.protocol, one.cipher].filter(Boolean).join(' ')}, ` : ''
  const seen = one.first === one.last ? `seen ${utc(one.last)}` : `seen ${utc(one.first)} to ${utc(one.last)}`
  const newest = newestOf(one, tally)
  const began = newest === undefined ? '' : `, newest session began ${utc(newest)}`
  return `    from ${fromWords(one, whose)}: ${how}${now}, ${one.most} at most; ${seen}${began}`
}

/** Those that a change of certificate concerns come first. */
const ORDER: readonly Transport[] = ['tls', 'unknown', 'plain', 'local']

/** What a tally shows. */
export function censusLines(tally: Tally, whose: Whose): readonly string[] {
  const groups = new Map<string, Sighting[]>()
  for (const one of tally.sightings) {
    const key = JSON.stringify([ORDER.indexOf(one.transport), one.user, one.application])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const clients = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sightings]) => sightings)
  return clients.flatMap((sightings) => {
    const [first] = sightings
    if (!first) return []
    const owner = mayUseTls(first) ? `: ${whoseWords(first, whose)}` : ''
    return [
      `  ${TRANSPORT_WORDS[first.transport]}  ${clientWords(first)}${owner}`,
      ...sightings.map((one) => sightingLine(one, tally, whose)),
    ]
  })
}

const VIEW_WORDS = {
  privilege: 'this log-in may not see everybody’s sessions whole',
  'performance-schema-off': 'performance_schema is OFF, and nothing else shows which sessions use TLS',
  version: 'this version of the server shows of no session whether it uses TLS',
  'threads-lost': 'there are more threads than performance_schema has room for',
} as const

/** Of what the census is, and what is not in it. */
export function censusHead(tally: Tally): readonly string[] {
  const { server, samples, failures, first, last, tlsEnforced, gaps, whole, lacks, folded } = tally
  const enforced = tlsEnforced === 'unknown' ? 'cannot be read here' : tlsEnforced ? 'yes' : 'no'
  const missed = failures > 0 ? `, ${failures} that could not be taken` : ''
  const over = samples === 1 ? `at ${utc(last)}` : `${utc(first)} to ${utc(last)} (${duration(last - first)})`
  return [
    `${server}: ${many(samples, 'sample')}${missed}, ${over}. The server refuses connections without TLS: ${enforced}.`,
    ...(whole ? [] : gaps.map((gap) => `NOT WHOLE: ${VIEW_WORDS[gap]}. Missing: ${lacks.join('; ') || 'unknown'}.`)),
    ...(whole && gaps.length > 0 ? ['Some earlier samples were not whole; the last one is.'] : []),
    ...(folded > 0 ? [`${folded} sightings of long ago are folded together: their addresses are not kept.`] : []),
    'Not shown by any server: whether a client verifies, who is behind a proxy or pooler, who is not connected now.',
  ]
}

/** Who has come back since the new certificate is served. */
export function returnedLines(
  change: NewCertificate,
  { back, missing, withoutTls, fresh }: Returned,
): readonly string[] {
  const why = change.restartedAt === change.since ? 'the server restarted' : 'the new certificate was first seen served'
  const listed = (what: string, clients: readonly ClientName[]): string[] =>
    clients.map((one) => `  ${what.padEnd(12)}${clientWords(one)}`)
  return [
    `Since ${utc(change.since)}, when ${why}: ${back.length} of ${back.length + missing.length + withoutTls.length} TLS clients have connected anew.`,
    ...listed('missing', missing),
    ...listed('WITHOUT TLS', withoutTls),
    ...listed('back', back),
    ...listed('new', fresh),
    ...(missing.length > 0
      ? ['A session that began before proves nothing: it never met the new certificate. Only connecting anew does.']
      : []),
  ]
}

/** What one sample brought, in lines for a log: who is new, what changed, what could not be seen. Quiet when nothing did. */
export function newsLines(event: WatchEvent, whose: Whose): readonly string[] {
  if (event.kind === 'missed') {
    const next = event.next === undefined ? '' : ` Next try ${utc(event.next)}.`
    return [`${utc(event.at)}  NOT SEEN: ${event.why}${next}`]
  }
  const { fresh, newLeaf, restarted, tally } = event
  const at = utc(tally.last)
  const leaf = tally.leaves.at(-1)
  return [
    ...(restarted ? [`${at}  The server has restarted: every session has begun anew.`] : []),
    ...(newLeaf && leaf ? [`${at}  ANOTHER CERTIFICATE is served, until ${utc(leaf.ends)}.`] : []),
    ...fresh.map(
      (one) =>
        `${at}  new: ${clientWords(one)} from ${fromWords(one, whose)}, ${TRANSPORT_WORDS[one.transport]}${mayUseTls(one) ? `: ${whoseWords(one, whose)}` : ''}`,
    ),
  ]
}
