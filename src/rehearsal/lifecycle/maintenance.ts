import type { Instant } from '../../rules/words.ts'
import { databaseArn } from '../world.ts'
import { invalidState, invalidValue, resourceNotFound } from '../api/wire-error.ts'
import { CERTIFICATE_ACTIONS, type DatabaseState } from '../state/database-state.ts'
import { agendaAtRest, agendaOfChange, type Pace } from './agenda.ts'
import { serverEffectOf } from './server-effect.ts'
import { engineOf } from './engine-versions.ts'
import { refuseWhileUnderWay } from './modify.ts'

type Renewal = NonNullable<DatabaseState['renewal']>

/** AWS's name for what is offered. */
export const actionOf = ({ action }: Renewal): (typeof CERTIFICATE_ACTIONS)[number] => action ?? CERTIFICATE_ACTIONS[0]

export const OPT_INS = ['immediate', 'next-maintenance', 'undo-opt-in'] as const
export type OptIn = (typeof OPT_INS)[number]

/**
 * A database whose certificate is past half of its life, offered a renewal, as AWS does for engines that must restart;
 * for the others AWS renews silently and offers nothing.
 */
export function withRenewalDue(database: DatabaseState, now: Instant): DatabaseState {
  const halfLife = (database.leaf.from + database.leaf.till) / 2
  const isOffered = !database.renewal && !database.custom && engineOf(database).rotatesWithoutRestart === false
  return isOffered && now >= halfLife ? { ...database, renewal: { offeredAt: now } } : database
}

/** ApplyPendingMaintenanceAction: the database after it. Throws wire errors. */
export function takeUpMaintenance(database: DatabaseState, action: string, optIn: OptIn, pace: Pace): DatabaseState {
  const { renewal } = database
  if (!renewal || action !== actionOf(renewal)) throw resourceNotFound(databaseArn(database))
  if (renewal.optIn === 'immediate') throw invalidState('An immediate opt-in request cannot be undone or changed.')
  refuseWhileUnderWay(database)
  const { optIn: _earlier, ...offer } = renewal
  switch (optIn) {
    case 'undo-opt-in':
      return atRest({ ...database, renewal: offer }, pace.now)
    case 'next-maintenance':
      return atRest({ ...database, renewal: { ...offer, optIn } }, pace.now)
    case 'immediate': {
      const taken: DatabaseState = { ...database, renewal: { ...offer, optIn } }
      return { ...taken, agenda: agendaOfChange(taken, serverEffectOf(taken).method === 'restart', pace) }
    }
  }
}

/** Reads an `OptInType`. */
export function parseOptIn(text: string): OptIn {
  const optIn = OPT_INS.find((known) => known === text)
  if (!optIn) throw invalidValue(`Invalid OptInType: ${text}. Valid values are ${OPT_INS.join(', ')}.`)
  return optIn
}

const atRest = (database: DatabaseState, now: Instant): DatabaseState => ({
  ...database,
  agenda: agendaAtRest(database, now),
})
