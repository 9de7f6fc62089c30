import type { CaId } from '../data-plane.ts'
import { underWay, type DatabaseState } from '../state/database-state.ts'
import { invalidState } from '../api/wire-error.ts'
import { agendaAtRest, agendaOfChange, modificationsPend, type Pace } from './agenda.ts'
import { serverEffectOf } from './server-effect.ts'

/** What ModifyDBInstance asks for, checked. */
export interface Wish {
  readonly ca?: CaId
  readonly restart?: boolean
  readonly instanceClass?: string
  readonly backupRetention?: number
  readonly maintenanceWindow?: string
  readonly immediately: boolean
}

/**
 * ModifyDBInstance: the database after it, with the agenda of what follows. Asking for what is there already takes back
 * what pends. `immediately` applies whatever else pends too, as AWS's ApplyImmediately does.
 * Throws `InvalidDBInstanceState` while another change is under way.
 */
export function modify(database: DatabaseState, wish: Wish, pace: Pace): DatabaseState {
  refuseWhileUnderWay(database)
  const pending = pendingAfter(database, wish)
  const staged = database.staged && pending.ca === database.pending.ca
  const maintenanceWindow = wish.maintenanceWindow ?? database.maintenanceWindow
  const wanted: DatabaseState = { ...database, pending, staged, maintenanceWindow }
  const agenda =
    wish.immediately && modificationsPend(wanted)
      ? agendaOfChange(wanted, serverEffectOf(wanted).method === 'restart', pace)
      : agendaAtRest(wanted, pace.now)
  const unstages = database.staged && !staged
  return { ...wanted, agenda: unstages ? [{ act: 'unstage', at: pace.now }, ...agenda] : agenda }
}

/** Throws `InvalidDBInstanceState` unless the database is available and nothing has begun. */
export function refuseWhileUnderWay(database: DatabaseState): void {
  if (!underWay(database)) return
  throw invalidState(`Database instance ${database.id} is not in available state.`)
}

function pendingAfter(database: DatabaseState, wish: Wish): DatabaseState['pending'] {
  const { ca, restart, instanceClass, engineVersion, backupRetention } = database.pending
  const nextCa = wish.ca === undefined ? ca : wish.ca === database.ca ? undefined : wish.ca
  const nextClass = changed(wish.instanceClass, instanceClass, database.instanceClass)
  const nextRetention = changed(wish.backupRetention, backupRetention, database.backupRetention)
  const holdsBack = wish.ca === undefined ? restart === false : wish.restart === false
  return {
    ...(nextCa !== undefined && { ca: nextCa }),
    ...(nextCa !== undefined && holdsBack && { restart: false as const }),
    ...(nextClass !== undefined && { instanceClass: nextClass }),
    ...(engineVersion !== undefined && { engineVersion }),
    ...(nextRetention !== undefined && { backupRetention: nextRetention }),
  }
}

/** The pending value after a wish: unchanged without one, none when the wish is what is there already. */
const changed = <Value>(wish: Value | undefined, pending: Value | undefined, now: Value): Value | undefined =>
  wish === undefined ? pending : wish === now ? undefined : wish
