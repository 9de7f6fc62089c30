/** A wave under one confirmation, from the look at its databases to what came of it: the same for whatever shows it. */
import { changeDigest } from '../../rules/change.ts'
import { wholeName, type Confirmation } from '../../rules/confirmation.ts'
import type { Blocker } from '../../rules/gate.ts'
import { waveBlockers, type WaveStanding } from '../../rules/waves.ts'
import {
  changeTogether,
  surveyTogether,
  type Surveyed,
  type TogetherOptions,
  type TogetherStop,
} from '../../runner/together.ts'
import type { Session } from '../session.ts'
import { blockerLines } from '../view/blocker-lines.ts'
import { requestsShown } from '../view/requests-shown.ts'
import { standingWaves, type StandingWave } from '../view/standing-waves.ts'
import { togetherSays } from '../view/together-says.ts'
import { waveWords } from '../view/wave-words.ts'
import { haltIn } from './halting.ts'

/** What a run of a wave came to. Nothing was sent by it, unless it `ran`. */
export type WaveEnd =
  /** A halt, or a wave before it, holds it back. */
  | { readonly kind: 'closed'; readonly blockers: readonly Blocker[] }
  | { readonly kind: 'over'; readonly standing: WaveStanding; readonly blockers: readonly Blocker[] }
  /** Nothing is ever sent in this session: every request, and what holds the wave back. */
  | { readonly kind: 'shown'; readonly surveyed: Surveyed; readonly blockers: readonly Blocker[] }
  | { readonly kind: 'unready'; readonly surveyed: Surveyed }
  | { readonly kind: 'declined'; readonly typed: string; readonly expected: string }
  | { readonly kind: 'ran'; readonly stop: TogetherStop }

/** What shows it to a person. */
export interface WaveFront {
  /** Shows every request, and resolves to what was typed to confirm them: `expected` does, and nothing else. Undefined: nothing was typed. */
  confirm(surveyed: Surveyed, expected: string): Promise<string | undefined>
  /** It is confirmed, or there is nothing more to confirm: the databases are changed from now on. */
  begins?(): void
  readonly tell?: TogetherOptions['tell']
}

/** Why a wave may not go on now; empty: it may. Throws ProgressUnusable. */
export async function blockersOf(
  session: Session,
  waves: readonly StandingWave[],
  name: string,
): Promise<readonly Blocker[]> {
  return waveBlockers(
    name,
    waves.map(({ wave, standing }) => ({ name: wave.name, standing })),
    await haltIn(session),
  )
}

/** Nothing is left to send in such a wave. */
const OVER: ReadonlySet<WaveStanding['kind']> = new Set(['done', 'baking', 'went-back'])

/**
 * Looks at every database of a wave, has one confirmation typed for all its requests, and changes them in order, until all are verified
 * or the first does not go well. Run again, it goes on. Throws when aborted, ProgressUnusable, and what the runner throws.
 */
export async function runWave(
  session: Session,
  { wave, standing }: StandingWave,
  front: WaveFront,
  signal: AbortSignal,
): Promise<WaveEnd> {
  const { applier } = session
  const blockers = await blockersOf(session, standingWaves(session), wave.name)
  if (blockers.length > 0 && applier.mode === 'sends') return { kind: 'closed', blockers }
  if (OVER.has(standing.kind)) return { kind: 'over', standing, blockers }

  const desks = wave.members.map(({ desk }) => desk)
  const surveyed = await surveyTogether(desks, signal)
  if (applier.mode === 'shows') return { kind: 'shown', surveyed, blockers }
  if (surveyed.unready.length > 0) return { kind: 'unready', surveyed }

  const confirmation = await confirmed(session, wave.name, surveyed, front)
  signal.throwIfAborted()
  if (confirmation && 'expected' in confirmation) return { kind: 'declined', ...confirmation }
  for (const { desk } of surveyed.requests) await desk.decideAssumed(`confirmed with the wave ${wave.name}`)
  front.begins?.()
  const stop = await changeTogether(desks, {
    applier,
    atOnce: wave.atOnce,
    confirm: async () => confirmation,
    halted: async () => (await haltIn(session)) !== undefined,
    ...(front.tell && { tell: front.tell }),
    signal,
  })
  return { kind: 'ran', stop }
}

/** The confirmation of all requests; undefined where there are none, since what was sent before is followed without one. */
async function confirmed(
  session: Session,
  name: string,
  surveyed: Surveyed,
  front: WaveFront,
): Promise<Confirmation | { readonly typed: string; readonly expected: string } | undefined> {
  const { requests } = surveyed
  const [first] = requests
  if (!first) return undefined
  const expected = wholeName(name, requests.length)
  const typed = (await front.confirm(surveyed, expected)) ?? ''
  if (typed !== expected) return { typed, expected }
  return {
    typed,
    digests: requests.map(({ change }) => changeDigest(change)),
    at: session.now(),
    by: first.desk.deps.who,
    of: { kind: 'wave', name },
  }
}

/** What a run of a wave came to, as lines. */
export function waveEndLines(session: Session, name: string, end: WaveEnd): readonly string[] {
  const { runbook } = session
  switch (end.kind) {
    case 'closed':
      return blockerLines(runbook, '', end.blockers)
    case 'over':
      return [...blockerLines(runbook, '', end.blockers), `${name}: ${waveWords(end.standing)}`]
    case 'shown':
      return [...blockerLines(runbook, '', end.blockers), ...requestsShown(runbook, end.surveyed)]
    case 'unready':
      return [
        ...requestsShown(runbook, { ...end.surveyed, requests: [] }),
        'Nothing was sent: a wave begins when every database of it is ready.',
      ]
    case 'declined':
      return [
        end.typed === ''
          ? 'Nothing was confirmed, and nothing was sent.'
          : `"${end.typed}" was typed, and what has to be typed is "${end.expected}". Nothing was sent.`,
      ]
    case 'ran': {
      const after = standingWaves(session).find(({ wave }) => wave.name === name)
      return [...togetherSays(runbook, end.stop), ...(after ? [`${name}: ${waveWords(after.standing)}`] : [])]
    }
  }
}
