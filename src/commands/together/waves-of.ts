import { calledBy } from '../../rules/step.ts'
import { progressOf, waveBlockers, wavesOf, waveStanding, type Wave, type WaveStanding } from '../../rules/waves.ts'
import type { Blocker } from '../../rules/gate.ts'
import { haltOf } from '../../runner/halt.ts'
import type { Session, SessionDatabase } from '../../ui/session.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'

export interface StandingWave {
  readonly wave: Wave<SessionDatabase>
  readonly standing: WaveStanding
}

/** The account, endpoint and Region worlds of a session's databases, each once: a halt holds for all of them. */
export const worldsOf = (session: Session): readonly string[] => [
  ...new Set(session.databases.map(({ desk }) => desk.about.subject.world)),
]

/** A session's waves in their order, and how each stands by what is on record. */
export function standingWaves(session: Session): readonly StandingWave[] {
  const waves = wavesOf(session.waves, session.databases, ({ desk, record }) => ({
    name: desk.about.name,
    called: calledBy(desk.about),
    region: desk.about.subject.region ?? '',
    environment: desk.decided.environment ?? 'production',
    tags: record?.tags ?? {},
  }))
  const now = session.now()
  return waves.map((wave) => ({
    wave,
    standing: waveStanding(
      wave,
      wave.members.map(({ desk }) => progressOf(desk.assess())),
      now,
    ),
  }))
}

/** The wave of that name. Throws OperatorError when there is none. */
export function waveNamed(waves: readonly StandingWave[], name: string): StandingWave {
  const found = waves.find(({ wave }) => wave.name === name)
  if (found) return found
  const names = waves.map(({ wave }) => wave.name).join(', ') || 'none'
  throw new OperatorError(EXIT.usage, `There is no wave "${name}" here. There are: ${names}. Nothing was done.`)
}

/** Why a wave may not go on now; empty: it may. */
export async function blockersOf(
  session: Session,
  waves: readonly StandingWave[],
  name: string,
): Promise<readonly Blocker[]> {
  const [first] = session.databases
  const halt = first && (await haltOf(first.desk.deps.progress, worldsOf(session)))
  return waveBlockers(
    name,
    waves.map(({ wave, standing }) => ({ name: wave.name, standing })),
    halt,
  )
}
