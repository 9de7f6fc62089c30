import type { TextProps } from 'ink'
import type { Standing } from '../../../rules/standing.ts'
import { isMet } from '../../../rules/standing.ts'
import { STANDING_MARKS } from '../../view/english.ts'
import type { Tone } from '../../view/said.ts'
import type { Terminal } from '../../terminal.ts'

/** What a text is, for the eye. Colour never says anything that the words do not say too. */
export type Look = Tone | 'plain' | 'dim' | 'strong' | 'chosen' | 'sends' | 'shows'

type Style = Pick<TextProps, 'color' | 'bold' | 'dimColor' | 'inverse'>

export interface Theme {
  readonly looks: Readonly<Record<Look, Style>>
  /** Whether more than ASCII can be shown. */
  readonly unicode: boolean
  /** Whether the terminal shows attributes: without them, what is selected or typed needs a sign of its own. */
  readonly colour: boolean
}

const COLOURED: Theme['looks'] = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  chosen: { inverse: true },
  info: { color: 'cyan' },
  good: { color: 'green' },
  warn: { color: 'yellow' },
  danger: { color: 'red' },
  sends: { color: 'red', bold: true, inverse: true },
  shows: { color: 'green', bold: true, inverse: true },
}

const UNCOLOURED: Theme['looks'] = {
  plain: {},
  dim: {},
  strong: {},
  chosen: {},
  info: {},
  good: {},
  warn: {},
  danger: {},
  sends: {},
  shows: {},
}

export const themeOf = ({ colour, unicode }: Pick<Terminal, 'colour' | 'unicode'>): Theme => ({
  looks: colour ? COLOURED : UNCOLOURED,
  unicode,
  colour,
})

/** What is being worked on, in place of its standing's mark. */
export const BUSY_MARK = '*'

export const markOf = ({ unicode }: Theme, standing: Standing): string =>
  STANDING_MARKS[standing][unicode ? 'unicode' : 'ascii']

/** How a standing looks: met, in the way, or only not there yet. */
export function lookOf(standing: Standing): Look {
  if (standing === 'proven') return 'good'
  if (isMet(standing)) return 'info'
  if (standing === 'missing') return 'plain'
  return standing === 'waiting' || standing === 'running' ? 'info' : 'warn'
}
