import type { CaId } from '../data-plane.ts'
import type { Instant } from '../../rules/words.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { agendaAtRest, agendaOfChange, takenUpAt, type Pace } from './agenda.ts'
import { serverEffectOf, type ServerEffect } from './server-effect.ts'

const FORTNIGHT = 14 * 24 * 60 * 60_000
const MOST_EVENTS = 200

/** The certificate that was put in place, as the API will show it. */
export interface NewLeaf {
  readonly ca: CaId
  readonly from: Instant
  readonly till: Instant
}

/** The maintenance window has come: what waits for it begins, and so does what AWS offers, where it is opted in or its date has come. */
export function windowOpened(database: DatabaseState, pace: Pace): DatabaseState {
  const taken: DatabaseState =
    database.renewal && takenUpAt(database, pace.now)
      ? { ...database, renewal: { ...database.renewal, optIn: 'immediate' } }
      : database
  return { ...taken, agenda: agendaOfChange(taken, serverEffectOf(taken).method === 'restart', pace) }
}

export const begun = (database: DatabaseState): DatabaseState => ({ ...rest(database), status: 'modifying' })

/** Before a restart, while the act itself is still due: a kill during the restart repeats it. */
export const restarting = (database: DatabaseState, now: Instant): DatabaseState =>
  withEvent({ ...database, status: 'rebooting' }, now, 'DB instance shutdown', 'availability')

/** Everything that pended has been put in place. */
export function applied(
  database: DatabaseState,
  effect: ServerEffect,
  leaf: NewLeaf | undefined,
  now: Instant,
): DatabaseState {
  const { pending, instanceClass, engineVersion, backupRetention, renewal, ...others } = rest(database)
  const stays = effect.method === 'stage' || (effect.method === 'none' && database.staged)
  const next: DatabaseState = {
    ...others,
    instanceClass: pending.instanceClass ?? instanceClass,
    engineVersion: pending.engineVersion ?? engineVersion,
    backupRetention: pending.backupRetention ?? backupRetention,
    pending: stays && pending.ca !== undefined ? { ca: pending.ca, restart: false } : {},
    staged: stays,
    ...(renewal && !leaf && { renewal }),
    ...(leaf && !stays && { ca: leaf.ca, leaf: { from: leaf.from, till: leaf.till } }),
  }
  const resized =
    pending.instanceClass === undefined
      ? next
      : withEvent(next, now, 'Finished applying modification to DB instance class', 'configuration change')
  return effect.method === 'restart' ? restarted(resized, now) : resized
}

/** RebootDBInstance's restart is over; a staged certificate has gone live with it. */
export function rebooted(database: DatabaseState, leaf: NewLeaf, now: Instant): DatabaseState {
  const { pending, ...others } = rest(database)
  const { ca: _live, restart: _heldBack, ...waiting } = pending
  const next: DatabaseState = {
    ...others,
    pending: database.staged ? waiting : pending,
    staged: false,
    ca: leaf.ca,
    leaf: { from: leaf.from, till: leaf.till },
  }
  return restarted(next, now)
}

export const unstaged = (database: DatabaseState): DatabaseState => rest(database)

/** At rest again: what still waits for the window waits on. */
export function settled(database: DatabaseState, now: Instant): DatabaseState {
  const left = rest(database)
  const available: DatabaseState = { ...left, status: 'available' }
  return left.agenda.length > 0 ? available : { ...available, agenda: agendaAtRest(available, now) }
}

/** The database with the first act of its agenda done. */
const rest = (database: DatabaseState): DatabaseState => ({ ...database, agenda: database.agenda.slice(1) })

/** A restart switches on the parameters that waited for one. */
const restarted = (database: DatabaseState, now: Instant): DatabaseState =>
  withEvent({ ...database, parametersWait: false }, now, 'DB instance restarted', 'availability')

/** AWS keeps events for 14 days. */
export function withEvent(database: DatabaseState, at: Instant, message: string, category: string): DatabaseState {
  const kept = database.events.filter((event) => event.at > at - FORTNIGHT).slice(-MOST_EVENTS)
  return { ...database, events: [...kept, { at, message, category }] }
}
