import type { StepLine } from '../../view/page.ts'
import { windowOf } from './window-of.ts'

/** One row of the list of steps: a step, or the reason why the step above it is not met. */
export type StepRow =
  | { readonly kind: 'step'; readonly line: StepLine; readonly selected: boolean }
  | { readonly kind: 'reason'; readonly of: string; readonly because: string }

/** Not having been looked at needs no reason, except where something is in the way of the next step. */
const speaks = (line: StepLine): boolean => line.standing !== 'missing' || line.next

/** Every step with its reason, where there is room for all of them; else the reasons that matter; else what fits around the selected step. */
export function stepRows(lines: readonly StepLine[], selected: string, height: number): StepRow[] {
  const all = rowsOf(lines, selected, () => true)
  if (all.length <= height) return all
  const some = rowsOf(lines, selected, speaks)
  const rows = some.length <= height ? some : rowsOf(lines, selected, () => false)
  const at = rows.findIndex((row) => row.kind === 'step' && row.selected)
  const { from, to } = windowOf(rows.length, Math.max(0, at), height)
  return rows.slice(from, to)
}

/** How many rows the list takes with the reasons that matter. */
export const rowsWanted = (lines: readonly StepLine[], selected: string): number =>
  rowsOf(lines, selected, speaks).length

function rowsOf(lines: readonly StepLine[], selected: string, withReason: (line: StepLine) => boolean): StepRow[] {
  return lines.flatMap((line): StepRow[] => {
    const row: StepRow = { kind: 'step', line, selected: line.id === selected }
    return line.because !== '' && withReason(line)
      ? [row, { kind: 'reason', of: line.id, because: line.because }]
      : [row]
  })
}
