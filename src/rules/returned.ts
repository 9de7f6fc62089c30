/** After a rotation: who has connected anew since the new certificate is served, who is missing, who came back otherwise, who is new. */
import { mayUseTls } from './census.ts'
import { asOneOf, clientKey, type ClientName } from './clients.ts'
import type { AccountedClient, ApplicationOnRecord } from './decisions.ts'
import type { LeafSeen, Sighting, Tally } from './tally.ts'
import type { Instant } from './words.ts'

/** From when on a session has met the new certificate, and by what certificate it can be told where the server says so. */
export interface NewCertificate {
  readonly since: Instant
  /** The server restarted at or after that: every session that there was has ended, and whoever is there has come anew. */
  readonly restartedAt?: Instant | undefined
  /** The ends of the new certificate and of the one before; where both are the same to the second, they tell nothing. */
  readonly ends?: Instant | undefined
  readonly endedBefore?: Instant | undefined
}

export interface Returned {
  readonly back: readonly ClientName[]
  readonly missing: readonly ClientName[]
  /** They used TLS before and are back without it. */
  readonly withoutTls: readonly ClientName[]
  /** They use TLS and were not in the census. */
  readonly fresh: readonly ClientName[]
}

const tells = ({ ends, endedBefore }: NewCertificate): boolean => ends !== undefined && ends !== endedBefore

/**
 * Whether some session of it surely began after the new certificate was served. A pool's old sessions live on and prove nothing; being
 * seen proves something only after a restart.
 */
export function isAnew(one: Sighting, change: NewCertificate): boolean {
  if (one.met !== undefined && tells(change)) return one.met === change.ends
  if (one.newest !== undefined && one.newest >= change.since) return true
  // Statistics tell that it was there, not since when.
  return change.restartedAt !== undefined && one.last >= change.restartedAt && one.most > 0
}

export interface Whose {
  readonly applications: readonly ApplicationOnRecord[]
  readonly accounted: readonly AccountedClient[]
}

const named = (seen: readonly ClientName[], { applications, accounted }: Whose): Map<string, ClientName> =>
  new Map(
    seen.map((one) => {
      const client = asOneOf(one, applications, accounted)
      return [clientKey(client), client]
    }),
  )

/**
 * Compares who used TLS before with who has come since, by user and application, never by address: addresses change with every restart
 * of a container.
 */
export function compare(
  before: readonly ClientName[],
  after: readonly Sighting[],
  change: NewCertificate,
  whose: Whose,
): Returned {
  const anew = after.filter((one) => isAnew(one, change))
  const wanted = named(before, whose)
  const withTls = named(
    anew.filter((one) => mayUseTls(one)),
    whose,
  )
  const without = named(
    anew.filter((one) => !mayUseTls(one)),
    whose,
  )
  const all = [...wanted]
  return {
    back: all.filter(([key]) => withTls.has(key)).map(([, one]) => one),
    withoutTls: all.filter(([key]) => !withTls.has(key) && without.has(key)).map(([, one]) => one),
    missing: all.filter(([key]) => !withTls.has(key) && !without.has(key)).map(([, one]) => one),
    fresh: [...withTls].filter(([key]) => !wanted.has(key)).map(([, one]) => one),
  }
}

/** Who used TLS before an instant, by what was seen over time. */
export const seenBefore = ({ sightings }: Tally, since: Instant): readonly Sighting[] =>
  sightings.filter((one) => mayUseTls(one) && one.first < since)

const restartSince = (started: Instant | undefined, since: Instant): Pick<NewCertificate, 'restartedAt'> =>
  started !== undefined && started >= since ? { restartedAt: started } : {}

/**
 * The last change of certificate that was noticed while somebody watched: from when on the new one was served, at the latest. A restart
 * between the last sight of the old one and the first of the new one is taken for the change itself: the server reads its certificate then.
 */
export function changeNoticed({ leaves, starts }: Pick<Tally, 'leaves' | 'starts'>): NewCertificate | undefined {
  const [old, young]: readonly (LeafSeen | undefined)[] = leaves.slice(-2)
  if (!old || !young) return undefined
  const start = starts.findLast((one) => one >= old.last && one <= young.first)
  const since = start ?? young.first
  return { since, ...restartSince(starts.at(-1), since), ends: young.ends, endedBefore: old.ends }
}

/** What is on record of a change of certificate. */
export interface KnownOfChange {
  /** When our own request for it was sent; absent where it was not ours. */
  readonly sentAt?: Instant | undefined
  /** The census before it, and the certificate that its log-in was shown. */
  readonly census?:
    | { readonly at: Instant; readonly leaf?: { readonly sha256: string; readonly ends: Instant } | undefined }
    | undefined
  /** What is served now, and since when it is known to be. */
  readonly served: { readonly leaf: string; readonly ends?: Instant | undefined; readonly since: Instant }
  /** The server's start. */
  readonly started?: Instant | undefined
  readonly tally?: Tally | undefined
}

/**
 * From when on sessions have met the certificate that is served now. Undefined: nothing shows that it has changed. Where nothing was sent by
 * us, another certificate than the census met, or one that was seen to change, shows a rotation that was somebody else's.
 */
export function changeBy({ sentAt, census, served, started, tally }: KnownOfChange): NewCertificate | undefined {
  const noticed = tally && changeNoticed(tally)
  const watched = noticed && tally?.leaves.at(-1)?.sha256 === served.leaf ? noticed : undefined
  const before = census?.leaf
  if (sentAt === undefined && !watched && (before === undefined || before.sha256 === served.leaf)) return undefined
  const endedBefore = before && before.sha256 !== served.leaf ? before.ends : watched?.endedBefore
  // After our own request a restart brings the new certificate. A restart that followed a census may have been about something else.
  const since = Math.min(
    served.since,
    watched && watched.since >= (sentAt ?? -Infinity) ? watched.since : Infinity,
    sentAt !== undefined && started !== undefined && started > sentAt ? started : Infinity,
  )
  return {
    since,
    ...restartSince(started, since),
    ...(served.ends !== undefined && { ends: served.ends }),
    ...(endedBefore !== undefined && { endedBefore }),
  }
}
