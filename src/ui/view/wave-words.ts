import type { MemberProgress, WaveStanding } from '../../rules/waves.ts'
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
    case 'went-back':
      return 'over, and not all of it stayed: a database was rolled back'
    case 'under-way':
      return 'under way'
    case 'to-do':
      return 'not begun'
  }
}

/** How far one database of a wave is. */
export const PROGRESS_WORDS: Readonly<Record<MemberProgress['kind'], string>> = {
  done: 'done',
  'went-back': 'rolled back',
  'under-way': 'under way',
  'to-do': 'not begun',
}
