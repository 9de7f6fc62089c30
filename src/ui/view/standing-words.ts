import type { Position } from '../../rules/position.ts'
import { STANDING_WORDS } from './english.ts'

/** A standing in words; a look that has to wait says until when: `waiting until 14:05 UTC`. */
export const standingWords = ({ standing, attempt }: Pick<Position, 'standing' | 'attempt'>): string =>
  standing === 'waiting' && attempt?.until !== undefined
    ? `waiting until ${new Date(attempt.until).toISOString().slice(11, 16)} UTC`
    : STANDING_WORDS[standing]
