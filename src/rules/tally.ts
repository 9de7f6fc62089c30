/**
 * Many censuses folded into one: each client once, with when it was first and last seen. All instants are by the program's clock. It
 * grows with the clients that there are, never with the time for which they are watched.
 */
import type { CensusSample, ClientSeen, ViewGap } from './census.ts'
import type { Instant } from './words.ts'

/** A client as it was seen over time. `newest`: when its newest session surely began; `most`: sessions at once. */
export interface Sighting extends Omit<ClientSeen, 'sessions'> {
  readonly first: Instant
  readonly last: Instant
  readonly sessions: number
  readonly most: number
}

/** A server certificate that our own log-ins were shown. */
export interface LeafSeen {
  readonly sha256: string
  readonly ends: Instant
  readonly first: Instant
  readonly last: Instant
}

export interface Tally {
  readonly server: string
  readonly samples: number
  /** Samples that could not be taken: nobody was seen then, and nobody knows who was there. */
  readonly failures: number
  readonly first: Instant
  readonly last: Instant
  /** Why samples were not whole, each reason once, and whether the last one was. */
  readonly gaps: readonly ViewGap[]
  readonly whole: boolean
  readonly lacks: readonly string[]
  readonly tlsEnforced: boolean | 'unknown'
  /** Starts of the server that were noticed, and certificates that it showed, in the order in which they came. */
  readonly starts: readonly Instant[]
  readonly leaves: readonly LeafSeen[]
  readonly sightings: readonly Sighting[]
  /** The watch that was begun last: it goes on until then, also after a kill. */
  readonly watch?: { readonly began: Instant; readonly until: Instant } | undefined
  /** Sightings that were folded into one without an address, because there were too many. */
  readonly folded: number
}

export interface Sampled {
  readonly sample: CensusSample
  readonly server: string
  readonly leaf: { readonly sha256: string; readonly ends: Instant }
}

/** A monthly job is still in it when it comes again. */
export const SEEN_FOR = 40 * 24 * 60 * 60_000
const MAX_SIGHTINGS = 8_000
const MAX_STEPS = 16
/** Two readings of one start differ by the second to which servers round. */
const SAME_START = 1_500

const keyOf = ({ user, application, address, transport, protocol, cipher }: Omit<ClientSeen, 'sessions'>): string =>
  JSON.stringify([user, application, address, transport, protocol ?? '', cipher ?? ''])

const later = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)
const earlier = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

/** Both as one. Who is connected is as the later of them says. */
function merged(a: Sighting, b: Sighting): Sighting {
  const [old, young] = a.last <= b.last ? [a, b] : [b, a]
  const oldest = earlier(a.oldest, b.oldest)
  const newest = later(a.newest, b.newest)
  const met = later(a.met, b.met)
  return {
    ...old,
    ...young,
    ...(oldest !== undefined && { oldest }),
    ...(newest !== undefined && { newest }),
    ...(met !== undefined && { met }),
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    sessions: a.last === b.last ? a.sessions + b.sessions : young.sessions,
    most: a.last === b.last ? Math.max(a.most, b.most, a.sessions + b.sessions) : Math.max(a.most, b.most),
  }
}

/** Those of one key as one sighting, in the order in which each key came first. */
export function oneForEach(sightings: Iterable<Sighting>, key: (one: Sighting) => string): Sighting[] {
  const seen = new Map<string, Sighting>()
  for (const one of sightings) {
    const its = key(one)
    const known = seen.get(its)
    seen.set(its, known ? merged(known, one) : one)
  }
  return [...seen.values()]
}

/** What a sample shows, by the program's clock. */
export function sightingsOf({ at, clock, clients }: CensusSample): readonly Sighting[] {
  const ahead = clock - at
  const sightings = clients.map(({ oldest, newest, ...client }): Sighting => ({
    ...client,
    ...(oldest !== undefined && { oldest: oldest - ahead }),
    ...(newest !== undefined && { newest: newest - ahead }),
    first: at,
    last: at,
    most: client.sessions,
  }))
  return oneForEach(sightings, keyOf)
}

/** The server's start by the program's clock. */
export const startedOf = ({ serverStarted, clock, at }: CensusSample): Instant | undefined =>
  serverStarted === undefined ? undefined : serverStarted - (clock - at)

/** When a sighting's newest session surely began. Whoever was seen after a restart has come anew, also where no session's start is told. */
export function newestOf({ newest, last }: Sighting, { starts }: Pick<Tally, 'starts'>): Instant | undefined {
  const start = starts.at(-1)
  return newest !== undefined && start !== undefined && last >= start ? Math.max(newest, start) : newest
}

/** Folds addresses away, the longest unseen first, until there are few enough: who it is stays, where from goes. */
function bounded(sightings: readonly Sighting[]): { readonly kept: readonly Sighting[]; readonly folded: number } {
  if (sightings.length <= MAX_SIGHTINGS) return { kept: sightings, folded: 0 }
  const byAge = sightings.toSorted((a, b) => b.last - a.last)
  // Half of it goes, so that this is done seldom.
  const kept = byAge.slice(0, MAX_SIGHTINGS / 2)
  const nameless = byAge.slice(MAX_SIGHTINGS / 2).map((one) => ({ ...one, address: '' }))
  const folded = oneForEach(nameless, keyOf).slice(0, MAX_SIGHTINGS / 2)
  return { kept: [...kept, ...folded], folded: sightings.length - kept.length - folded.length }
}

/** A restart that was not noticed before has been since the last sample: whatever seems to be older is an answer that took its time. */
function withStart(tally: Tally | undefined, start: Instant | undefined): readonly Instant[] {
  const starts = tally?.starts ?? []
  if (start === undefined) return starts
  const before = starts.at(-1)
  if (tally && before !== undefined && start <= Math.max(before, tally.last - 2 * SAME_START) + SAME_START)
    return starts
  return [...starts, start].slice(-MAX_STEPS)
}

function withLeaf(leaves: readonly LeafSeen[], { leaf, sample: { at } }: Sampled): readonly LeafSeen[] {
  const last = leaves.at(-1)
  if (last?.sha256 === leaf.sha256) return [...leaves.slice(0, -1), { ...last, last: at }]
  return [...leaves, { ...leaf, first: at, last: at }].slice(-MAX_STEPS)
}

/** The tally after one more sample. */
export function withSample(tally: Tally | undefined, sampled: Sampled): Tally {
  const { sample, server } = sampled
  const { at, view } = sample
  const lately = [...(tally?.sightings ?? []), ...sightingsOf(sample)].filter(({ last }) => last >= at - SEEN_FOR)
  const { kept, folded } = bounded(oneForEach(lately, keyOf))
  return {
    server,
    samples: (tally?.samples ?? 0) + 1,
    failures: tally?.failures ?? 0,
    first: tally?.first ?? at,
    last: at,
    gaps: view.complete ? (tally?.gaps ?? []) : [...new Set([...(tally?.gaps ?? []), view.code])],
    whole: view.complete,
    lacks: view.complete ? [] : view.lacks,
    tlsEnforced: sample.tlsEnforced,
    starts: withStart(tally, startedOf(sample)),
    leaves: withLeaf(tally?.leaves ?? [], sampled),
    sightings: kept,
    ...(tally?.watch && { watch: tally.watch }),
    folded: (tally?.folded ?? 0) + folded,
  }
}

/** The tally after a sample that could not be taken. Before the first that could, there is nothing to tell. */
export const withFailure = (tally: Tally | undefined): Tally | undefined =>
  tally && { ...tally, failures: tally.failures + 1 }
