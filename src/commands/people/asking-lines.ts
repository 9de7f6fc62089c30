import { table } from '../../ui/view/table.ts'
import type { Asking } from './standing.ts'

const day = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10))

const FIRST: readonly Asking['state'][] = [
  'would break',
  'overdue',
  'not asked',
  'asked',
  'answered',
  'attested',
  'proven',
  'not concerned',
]

/** What most needs somebody's attention first, then by owner. */
export const inOrderOfUrgency = (all: readonly Asking[]): readonly Asking[] =>
  [...all].sort(
    (a, b) =>
      FIRST.indexOf(a.state) - FIRST.indexOf(b.state) ||
      a.owner.localeCompare(b.owner, 'en', { numeric: true }) ||
      a.application.localeCompare(b.application, 'en', { numeric: true }),
  )

/** Who was asked, has answered, is overdue, would break: a table for people. */
export function askingLines(all: readonly Asking[]): string[] {
  if (all.length === 0) return []
  const rows = inOrderOfUrgency(all).map(({ application, owner, databases, asked, answered, state }) => [
    application,
    owner || '(none declared)',
    String(databases.length),
    state,
    day(asked?.at),
    day(asked?.due),
    answered ? `${day(answered.at)} on ${answered.host}` : '',
  ])
  return ['', ...table([['APPLICATION', 'OWNER', 'DATABASES', 'STATE', 'ASKED', 'DUE', 'ANSWERED'], ...rows])]
}
