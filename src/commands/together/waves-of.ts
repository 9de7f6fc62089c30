import type { StandingWave } from '../../ui/view/standing-waves.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'

/** The wave of that name. Throws OperatorError when there is none. */
export function waveNamed(waves: readonly StandingWave[], name: string): StandingWave {
  const found = waves.find(({ wave }) => wave.name === name)
  if (found) return found
  const names = waves.map(({ wave }) => wave.name).join(', ') || 'none'
  throw new OperatorError(EXIT.usage, `There is no wave "${name}" here. There are: ${names}. Nothing was done.`)
}
