import { calledBy } from '../../../rules/step.ts'
import { placeWords } from '../../../rules/words.ts'
import type { Session, SessionDatabase } from '../../session.ts'

/** The account and Region that a database is in, for people. */
export const groupOf = ({ desk }: SessionDatabase): string => placeWords(desk.about.subject)

const textOf = (one: SessionDatabase): string =>
  [
    calledBy(one.desk.about),
    groupOf(one),
    one.record?.engine,
    one.record?.ca,
    one.record?.kind === 'database' ? one.record.clusterId : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' ')
    .toLowerCase()

interface Kept {
  readonly filter: string
  readonly count: number
  readonly indexes: readonly number[]
}

/** The last answer for each session: it is asked for at each key and each frame, over thousands of databases. */
const kept = new WeakMap<Session, Kept>()

/** The indexes of the databases that hold every word of the filter in name, account, Region, engine, CA or cluster. */
export function shownOf(session: Session, filter: string): readonly number[] {
  const last = kept.get(session)
  const count = session.databases.length
  if (last?.filter === filter && last.count === count) return last.indexes
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const indexes = session.databases.flatMap((one, index) => {
    if (words.length === 0) return [index]
    const text = textOf(one)
    return words.every((word) => text.includes(word)) ? [index] : []
  })
  kept.set(session, { filter, count, indexes })
  return indexes
}

/** Whether the databases are in several accounts or Regions. */
function hasGroups(session: Session): boolean {
  const known = severalGroups.get(session)
  if (known !== undefined) return known
  const [first, ...others] = session.databases
  const several = first !== undefined && others.some((one) => groupOf(one) !== groupOf(first))
  severalGroups.set(session, several)
  return several
}

const severalGroups = new WeakMap<Session, boolean>()

/** One line of the pane: an account and Region, or a database of it. */
export type FleetLine =
  /** `before`: the database that it stands before. */
  | { readonly kind: 'group'; readonly group: string; readonly before: string }
  | { readonly kind: 'database'; readonly index: number }

/** The lines that fit, with the selected database among them. Groups are named where the session has more than one. */
export function fleetLines(
  session: Session,
  indexes: readonly number[],
  at: number,
  room: number,
  perDatabase: number,
): FleetLine[] {
  const groupAt = (position: number): string | undefined => {
    const database = session.databases[indexes[position] ?? -1]
    return database && groupOf(database)
  }
  const several = hasGroups(session)
  const within = (rows: number): readonly [from: number, to: number] => {
    const fit = Math.max(0, Math.min(indexes.length, Math.floor(rows / perDatabase)))
    const from = Math.min(Math.max(0, at - Math.floor(fit / 2)), indexes.length - fit)
    return [from, from + fit]
  }
  const linesOf = ([from, to]: readonly [number, number]): FleetLine[] =>
    indexes.slice(from, to).flatMap((index, offset): FleetLine[] => {
      const group = groupAt(from + offset) ?? ''
      const first = offset === 0 || group !== groupAt(from + offset - 1)
      return several && first
        ? [
            { kind: 'group', group, before: `before ${index}` },
            { kind: 'database', index },
          ]
        : [{ kind: 'database', index }]
    })
  const all = linesOf(within(room))
  const groups = all.filter(({ kind }) => kind === 'group').length
  return groups === 0 ? all : linesOf(within(room - groups))
}
