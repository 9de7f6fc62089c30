import { CannotLogIn, type SqlSession } from '../ports/sql.ts'
import { CannotReach } from '../ports/wire.ts'
import { sightingsOf, withFailure, withSample, type Sighting, type Tally } from '../rules/tally.ts'
import type { Instant } from '../rules/words.ts'

/** What watching tells as it goes. */
export type WatchEvent =
  | {
      readonly kind: 'sampled'
      readonly tally: Tally
      /** Who was not seen before, and who is there now, of the last sample. */
      readonly fresh: readonly Sighting[]
      readonly present: readonly Sighting[]
      /** Another certificate is served, or the server has restarted, since the sample before. */
      readonly newLeaf: boolean
      readonly restarted: boolean
      readonly next: Instant | undefined
    }
  | { readonly kind: 'missed'; readonly at: Instant; readonly why: string; readonly next: Instant | undefined }

export interface Watching {
  readonly logIn: () => Promise<SqlSession>
  readonly tally: Tally | undefined
  /** Durable when it returns. */
  readonly save: (tally: Tally) => void
  /** Milliseconds from one sample to the next. */
  readonly every: number
  /** Absent: one sample. */
  readonly until?: Instant | undefined
  readonly now: () => Instant
  readonly sleep: (ms: number) => Promise<void>
  readonly notify: (event: WatchEvent) => void
  readonly signal: AbortSignal
  /** Ends it earlier, when what is waited for has come. */
  readonly enough?: (tally: Tally) => boolean
}

/** A session is used for so long at most: only a new one meets a new certificate. */
const SESSION_AGE = 10_000

/** A session that is used again while it is young and whole. */
class Sessions {
  readonly #watching: Watching
  #open: { readonly session: SqlSession; readonly since: Instant } | undefined

  constructor(watching: Watching) {
    this.#watching = watching
  }

  async sample(): Promise<Parameters<typeof withSample>[1]> {
    const { now, logIn, every } = this.#watching
    const reused = this.#open
    if (reused && now() + every > reused.since + SESSION_AGE) await this.close()
    try {
      this.#open ??= { session: await logIn(), since: now() }
      return await this.#take(this.#open.session)
    } catch (error) {
      await this.close()
      // A session that was lost since the last sample says nothing of the server: it is asked once more, by a new one.
      if (!reused || !(error instanceof CannotLogIn)) throw error
      this.#open = { session: await logIn(), since: now() }
      return this.#take(this.#open.session)
    }
  }

  async #take(session: SqlSession): Promise<Parameters<typeof withSample>[1]> {
    const { server, tls } = session
    return {
      sample: await session.census(),
      server: `${server.flavour} ${server.version}`,
      leaf: { sha256: tls.leaf, ends: tls.leafEnds },
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.session.close()
  }
}

const keyOf = ({ user, application, address, transport }: Sighting): string =>
  JSON.stringify([user, application, address, transport])

/**
 * Takes censuses until the time is over, and folds each into the tally, which is saved before it is told. What cannot be reached for a
 * while is missed, said and tried again; only a first sample that cannot be taken at all is thrown (`CannotLogIn`, `CannotReach`), because
 * then something is wrong that no waiting mends. Resolves to the tally; rejects with the signal's reason when aborted.
 */
export async function watch(watching: Watching): Promise<Tally> {
  const { now, every, until, notify, save, signal, enough } = watching
  const sessions = new Sessions(watching)
  let tally = watching.tally
  let taken = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      const begun = now()
      const due = begun + every
      const next = until !== undefined && due <= until ? due : undefined
      try {
        const before = tally
        const sampled = await sessions.sample()
        tally = withSample(before, sampled)
        taken += 1
        save(tally)
        const known = new Set(before?.sightings.map((one) => keyOf(one)))
        const present = sightingsOf(sampled.sample)
        notify({
          kind: 'sampled',
          tally,
          present,
          fresh: present.filter((one) => !known.has(keyOf(one))),
          newLeaf: before !== undefined && before.leaves.at(-1)?.sha256 !== sampled.leaf.sha256,
          restarted: before !== undefined && tally.starts.at(-1) !== before.starts.at(-1),
          next,
        })
        if (enough?.(tally)) return tally
      } catch (error) {
        signal.throwIfAborted()
        if (taken === 0 || !(error instanceof CannotLogIn || error instanceof CannotReach)) throw error
        tally = withFailure(tally)
        if (tally) save(tally)
        notify({ kind: 'missed', at: begun, why: error.message, next })
      }
      if (next === undefined) break
      await watching.sleep(Math.max(0, next - now()))
    }
  } finally {
    await sessions.close()
  }
  if (!tally) throw new Error('Bug: watching ended without a sample')
  return tally
}
