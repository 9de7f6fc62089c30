import type { DatabaseState } from '../state/database-state.ts'
import { agendaOfReboot, type Pace } from './agenda.ts'
import { withEvent } from './transitions.ts'

/**
 * The members of a cluster that a failover changes: the writer becomes a reader, and the member of this name, else the
 * one that is promoted first, the writer. Both restart. Empty where there is nobody to fail over to.
 */
export function failedOver(members: readonly DatabaseState[], pace: Pace, wanted?: string): readonly DatabaseState[] {
  const writer = members.find(({ member }) => member?.writer)
  const next = members
    .filter(({ status }) => status !== 'creating')
    .filter(({ id, key }) => key !== writer?.key && (wanted === undefined || id === wanted))
    .toSorted((a, b) => (a.member?.tier ?? 0) - (b.member?.tier ?? 0))[0]
  if (!writer || !next) return []
  return [inRole(writer, false, pace), inRole(next, true, pace)]
}

function inRole(database: DatabaseState, writer: boolean, pace: Pace): DatabaseState {
  const { member } = database
  if (!member) return database
  const message = writer
    ? 'A new writer was promoted. Restarting database as a writer.'
    : 'Restarting database as a reader.'
  const changed = { ...database, member: { ...member, writer }, agenda: agendaOfReboot(database, pace) }
  return withEvent(changed, pace.now, message, 'failover')
}
