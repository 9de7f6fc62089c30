import type { CarrierRecord, MaintenanceRecord } from '../ports/control-plane.ts'
import type { Instant } from '../rules/words.ts'
import { onlyListenerRestarts } from './classify.ts'

/** Whether a rotation restarts it. `listener`: new connections fail for a moment, sessions live on. */
export type Restart = 'no' | 'yes' | 'listener' | 'unknown'

/** What comes next to its certificates. */
export interface Due {
  readonly what: 'ca-pending' | 'certificate-action' | 'leaf-renewal' | 'leaf-expiry' | 'root-expiry' | 'root-unknown'
  /** Whose date it is: AWS acts by itself then, or somebody has to act before. */
  readonly by: 'aws' | 'us'
  /** Absent where AWS says only that it comes in the maintenance window. */
  readonly at?: Instant
}

/** The model's name for such an action, and the user guide's. */
const CERTIFICATE_ACTIONS: ReadonlySet<string> = new Set(['ca-certificate-rotation', 'server-certificate-rotation'])

/** `rotatesWithoutRestart` undefined: AWS does not say, or could not be asked. */
export function restartOf(record: CarrierRecord, rotatesWithoutRestart: boolean | undefined): Restart {
  if (rotatesWithoutRestart === undefined) return 'unknown'
  if (rotatesWithoutRestart) return 'no'
  return onlyListenerRestarts(record) ? 'listener' : 'yes'
}

/** The day by which AWS does a pending action, whoever does nothing: the soonest that it names. */
export function appliedBy({ currentApply, autoAppliedAfter, forcedApply }: MaintenanceRecord): Instant | undefined {
  const dates = [currentApply, autoAppliedAfter, forcedApply].filter((one) => one !== undefined)
  return dates.length === 0 ? undefined : Math.min(...dates)
}

/**
 * What comes next. A change that is on its way comes first; then what AWS has announced; then whichever certificate ends sooner.
 * @param root when the CA's root expires; `retired` where AWS no longer lists that CA; undefined where it is not known
 * @param maintenance what is pending for this very resource
 */
export function dueOf(
  record: CarrierRecord,
  root: Instant | 'retired' | undefined,
  maintenance: readonly MaintenanceRecord[],
  restart: Restart,
): Due | undefined {
  if (record.pendingCa !== undefined) return { what: 'ca-pending', by: 'aws' }
  const action = maintenance.find((one) => CERTIFICATE_ACTIONS.has(one.action))
  if (action) {
    const at = appliedBy(action)
    return { what: 'certificate-action', by: 'aws', ...(at !== undefined && { at }) }
  }
  const leaf = record.leafValidTill
  if (typeof root === 'number' && (leaf === undefined || root <= leaf))
    return { what: 'root-expiry', by: 'us', at: root }
  if (leaf === undefined) return undefined
  // Nothing is issued under a retired CA any more. And of a root that is not known nobody can say that it outlives its leaf: a promise
  // that AWS renews it would be believed.
  if (root === 'retired') return { what: 'root-expiry', by: 'us', at: leaf }
  if (root === undefined) return { what: 'root-unknown', by: 'us', at: leaf }
  // Engines that take a certificate without a restart get a new one at half of its life, in a maintenance window, unasked.
  return restart === 'no' ? { what: 'leaf-renewal', by: 'aws', at: leaf } : { what: 'leaf-expiry', by: 'us', at: leaf }
}
