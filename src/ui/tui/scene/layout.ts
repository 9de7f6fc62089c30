import { SMALLEST } from '../../terminal.ts'

/** How the screen is divided. Columns and rows. */
export type Layout =
  /** Too small to be whole. */
  | { readonly kind: 'tiny' }
  /** One pane at a time. */
  | { readonly kind: 'single'; readonly body: number; readonly messages: 1 | 2 }
  /** The fleet beside the steps, with the page beneath them. */
  | { readonly kind: 'split'; readonly body: number; readonly messages: 1 | 2; readonly fleet: number }
  /** All three beside each other. */
  | {
      readonly kind: 'wide'
      readonly body: number
      readonly messages: 1 | 2
      readonly fleet: number
      readonly steps: number
    }

/** Rows of the badge, of the hint and of the keys. */
const FRAME = 3

export function layoutOf(columns: number, rows: number): Layout {
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return { kind: 'tiny' }
  const messages = rows < 22 ? 1 : 2
  const body = rows - FRAME - messages
  if (columns < 76 || rows < 22) return { kind: 'single', body, messages }
  if (columns < 140) return { kind: 'split', body, messages, fleet: columns < 100 ? 28 : 32 }
  const fleet = columns < 180 ? 32 : 40
  return { kind: 'wide', body, messages, fleet, steps: Math.min(76, Math.floor((columns - fleet) / 2)) }
}

/** The fewest rows that the page keeps beneath the steps. */
const PAGE_ROWS = 5

/** How the rows beside the fleet are shared, in the split layout: as many for the steps as they want, while the page keeps some. */
export function shareOf(body: number, wanted: number): { readonly steps: number; readonly page: number } {
  const steps = Math.min(wanted, Math.max(1, body - PAGE_ROWS))
  return { steps, page: body - steps }
}
