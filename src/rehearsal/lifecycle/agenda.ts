import type { Instant } from '../../rules/words.ts'
import type { Act, DatabaseState } from '../state/database-state.ts'
import { DELAYS, scaled } from './delays.ts'
import { nextOpening } from './maintenance-window.ts'

/** The time, and how much faster than AWS the rehearsal runs. */
export interface Pace {
  readonly now: Instant
  readonly speed: number
}

/** What happens when everything that pends is applied as soon as possible. `restarts` makes the end of it longer. */
export function agendaOfChange(database: DatabaseState, restarts: boolean, { now, speed }: Pace): readonly Act[] {
  const { instanceClass, engineVersion } = database.pending
  const isLong = instanceClass !== undefined || engineVersion !== undefined
  const work = isLong ? DELAYS.modifying + DELAYS.resizing : DELAYS.modifying
  const begin = now + scaled(DELAYS.unnoticed, speed)
  const apply = begin + scaled(work, speed)
  const settle = apply + scaled(restarts ? DELAYS.rebooting : DELAYS.settling, speed)
  return [
    { act: 'begin', at: begin },
    { act: 'apply', at: apply },
    { act: 'settle', at: settle },
  ]
}

/** RebootDBInstance's restart. What waits for the window goes on waiting for it. */
export function agendaOfReboot(database: DatabaseState, { now, speed }: Pace): readonly Act[] {
  const reboot = now + scaled(DELAYS.beforeReboot, speed)
  return [
    { act: 'reboot', at: reboot },
    { act: 'settle', at: reboot + scaled(DELAYS.rebooting, speed) },
    ...database.agenda,
  ]
}

/** Whether modifications pend that "now" or the window would apply. A CA that is staged and held back waits for a restart instead. */
export function modificationsPend({ pending, staged }: DatabaseState): boolean {
  const heldBack = staged && pending.restart === false
  return (
    (pending.ca !== undefined && !heldBack) ||
    pending.instanceClass !== undefined ||
    pending.engineVersion !== undefined ||
    pending.backupRetention !== undefined
  )
}

/** Whether AWS takes up what it offers in a window that opens at an instant: somebody opted in, or AWS's own date has come. */
export const takenUpAt = ({ renewal }: DatabaseState, at: Instant): boolean =>
  renewal?.optIn === 'next-maintenance' ||
  (renewal?.autoAppliedAfter ?? Infinity) <= at ||
  (renewal?.forcedApply ?? Infinity) <= at

/**
 * The agenda of a database that is at rest: the opening of its window, when something waits for it. What AWS has set a date for, it does
 * in the first window after that, and on the last date whether or not the window is open.
 */
export function agendaAtRest(database: DatabaseState, now: Instant): readonly Act[] {
  const { maintenanceWindow, renewal } = database
  const opens = (from: Instant | undefined): Instant =>
    from === undefined ? Infinity : nextOpening(maintenanceWindow, Math.max(now, from))
  const waits = modificationsPend(database) || renewal?.optIn === 'next-maintenance'
  const forced = Math.max(now, renewal?.forcedApply ?? Infinity)
  const at = Math.min(waits ? opens(now) : Infinity, opens(renewal?.autoAppliedAfter), forced)
  return at === Infinity ? [] : [{ act: 'open-window', at }]
}
