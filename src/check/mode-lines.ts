import type { ModeRow, Outcome } from './mode-table.ts'
import { wrap } from './wrap.ts'

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  verified: 'connects, fully verified',
  'chain-only': 'connects under any name',
  unverified: 'connects, nothing verified',
  plain: 'plain text',
  'plain-first': 'plain text first',
  'refuses-chain': 'REFUSES: chain',
  'refuses-dates': 'REFUSES: dates',
  'refuses-name': 'REFUSES: name',
  'falls-back': 'falls back to plain text',
  'own-rules': 'by its own rules: try it',
}

const FOOTNOTE =
  'Whether the server lets plain text in cannot be seen without a log-in. "Under any name": the chain is checked and the name is not, so another database of the same CA passes.'

/** The table, a client's name standing once. */
export function modeLines(rows: readonly ModeRow[], width: number): readonly string[] {
  const client = Math.max(...rows.map((row) => row.client.length)) + 2
  const mode = Math.max(...rows.map((row) => row.mode.length)) + 2
  return [
    ...rows.map((row, index) => {
      const again = rows[index - 1]?.client === row.client
      return `  ${(again ? '' : row.client).padEnd(client)}${row.mode.padEnd(mode)}${OUTCOMES[row.outcome]}`
    }),
    ...wrap(FOOTNOTE, width, '  '),
  ]
}
