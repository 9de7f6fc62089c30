/** Databases that the same clients may land on: which of them has to come before which, and when the next one may begin. */
import type { Assessment } from './assess.ts'
import type { Position } from './position.ts'
import { sendingState } from './record.ts'
import { isMet, type Standing } from './standing.ts'
import { digestOf, type Subject } from './words.ts'

/** What a database is among those that hold the same data. */
export type Role = 'writer' | 'reader' | 'source' | 'replica' | 'alone'

/** Its place among them. `depth`: how many steps below the first source it replicates. */
export interface GroupPlace {
  readonly group: string
  readonly role: Role
  readonly depth: number
}

const RANK: Readonly<Record<Role, number>> = { replica: 0, reader: 1, alone: 2, writer: 3, source: 4 }

/**
 * Those that fewer clients write through first: what replicates from others before those, the deepest first of all, then readers before
 * the writer. Stable.
 */
export const inGroupOrder = <T>(members: readonly T[], placeOf: (member: T) => Omit<GroupPlace, 'group'>): T[] =>
  [...members].sort((one, other) => {
    const [a, b] = [placeOf(one), placeOf(other)]
    return b.depth - a.depth || RANK[a.role] - RANK[b.role]
  })

/**
 * A list in which the members of each group take each other's places in their order; what is in no group stays where it is.
 */
export function eachGroupInOrder<T>(list: readonly T[], placeOf: (one: T) => GroupPlace | undefined): T[] {
  const placed = list.map((one) => ({ one, place: placeOf(one) }))
  const groups = new Map<string, { one: T; place: GroupPlace }[]>()
  for (const { one, place } of placed)
    if (place) groups.set(place.group, [...(groups.get(place.group) ?? []), { one, place }])
  const ordered = new Map(
    [...groups].map(([key, members]) => [key, inGroupOrder(members, ({ place }) => place).values()]),
  )
  return placed.map(({ one, place }) => ordered.get(place?.group ?? '')?.next().value?.one ?? one)
}

/**
 * Whether a database's change was sent and is not known to have gone well: no answer yet, not settled, or not verified. What is left
 * to close out afterwards (clients that have not come back) holds nobody up.
 */
export function isUnderWay({ rotation, steps }: Pick<Assessment, 'rotation' | 'steps'>): boolean {
  if (!rotation || rotation.end) return false
  const sending = rotation.sendings.at(-1)
  const state = sendingState(sending)
  if (state === 'unanswered') return true
  if (state !== 'accepted') return false
  const ids = [...steps.keys()]
  const behind = ids.slice(ids.indexOf(sending?.step ?? '') + 1)
  const proving = behind.length > 1 ? behind.slice(0, -1) : behind
  return proving.some((id) => !isMet(steps.get(id)?.standing ?? 'missing'))
}

/**
 * The databases whose change a step waits for, where that is all that it lacks: it was looked at, and each of its shortfalls that nobody
 * answers for goes away with another database's change. Undefined: it is met, or lacks something else.
 */
export function waitsForOthers({
  standing,
  shortfalls,
}: Pick<Position, 'standing' | 'shortfalls'>): readonly Subject[] | undefined {
  if (standing !== 'not-proven') return undefined
  const unmet = shortfalls.filter(({ met }) => !met)
  const awaited = unmet.flatMap(({ shortfall }) => shortfall.after ?? [])
  return unmet.every(({ shortfall }) => shortfall.after?.length) ? awaited : undefined
}

/** Worst first; what is not met comes before what is. */
const worst = (standings: readonly Standing[]): Standing =>
  standings.find((one) => !isMet(one)) ?? standings.find((one) => one !== 'proven') ?? 'proven'

/** A cluster's step as a whole: every member's, as the worst of them stands. Its facts are the first member's. */
export function asOne(
  step: string,
  members: readonly { readonly subject: Subject; readonly position: Position }[],
): Position | undefined {
  const positions = members.map(({ position }) => position)
  const [first] = positions
  if (!first) return undefined
  const digests = positions.flatMap(({ digest }) => (digest ? [digest] : []))
  const { digest: _, ...rest } = first
  return {
    ...rest,
    step,
    standing: worst(positions.map((one) => one.standing)),
    behind: members.flatMap(({ subject, position }) => (isMet(position.standing) ? [] : [subject])),
    until: Math.min(...positions.map((one) => one.until)),
    ...(digests.length === positions.length && { digest: digestOf(digests) }),
  }
}
