import { waveBlockers } from '../../rules/waves.ts'
import type { Blocker } from '../../rules/gate.ts'
import { haltOf } from '../../runner/halt.ts'
import type { Session } from '../../ui/session.ts'
import type { StandingWave } from '../../ui/view/standing-waves.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'

/** The account, endpoint and Region worlds of a session's databases, each once: a halt holds for all of them. */
export const worldsOf = (session: Session): readonly string[] => [
  ...new Set(session.databases.map(({ desk }) => desk.about.subject.world)),
]

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
