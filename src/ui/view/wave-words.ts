import type { WaveStanding } from '../../rules/waves.ts'
import { utc } from './duration.ts'

/** How a wave stands, in words. */
export function waveWords(standing: WaveStanding): string {
  switch (standing.kind) {
    case 'empty':
      return 'nothing belongs to it'
    case 'done':
      return `done since ${utc(standing.at)}`
    case 'baking':
      return `all done, watched until ${utc(standing.until)}`
    case 'under-way':
      return 'under way'
    case 'to-do':
      return 'not begun'
  }
}
