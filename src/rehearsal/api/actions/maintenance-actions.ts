import type { Instant } from '../../../rules/words.ts'
import { actionOf, parseOptIn, takeUpMaintenance } from '../../lifecycle/maintenance.ts'
import { nextOpening } from '../../lifecycle/maintenance-window.ts'
import { effectOn } from '../../state/effect.ts'
import type { DatabaseState } from '../../state/database-state.ts'
import { clusterArn, databaseArn } from '../../world.ts'
import type { Action, Sight } from '../action.ts'
import { required } from '../call.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { resourceNotFound } from '../wire-error.ts'
import { XmlList, type Xml } from '../xml.ts'

/** DescribePendingMaintenanceActions: databases without any are not in the answer. */
export const describePendingMaintenanceActions: Action = (call, sight) => {
  const filters = filtersOf(call, ['db-cluster-id', 'db-instance-id'])
  const arn = call.parameters['ResourceIdentifier']
  // What there is to do is an instance's; a cluster that is there has nothing of its own pending.
  const ofCluster = sight.clusters.some((cluster) => clusterArn(cluster) === arn)
  const asked = arn === undefined ? sight.databases : ofCluster ? [] : [byArn(sight, arn)]
  const found = asked.filter(
    (database) =>
      (database.renewal ?? database.systemUpdate) &&
      passes(filters, { 'db-instance-id': [database.id, databaseArn(database)] }),
  )
  const { items, marker } = page(call, found, (database) => database.id)
  return {
    result: {
      PendingMaintenanceActions: new XmlList(
        'ResourcePendingMaintenanceActions',
        items.map((database) => maintenanceRecord(database, sight.pace.now)),
      ),
      Marker: marker,
    },
  }
}

/** ApplyPendingMaintenanceAction. */
export const applyPendingMaintenanceAction: Action = (call, sight) => {
  const database = byArn(sight, required(call, 'ResourceIdentifier'))
  const optIn = parseOptIn(required(call, 'OptInType'))
  const taken = takeUpMaintenance(database, required(call, 'ApplyAction'), optIn, sight.pace)
  const record = maintenanceRecord(taken, sight.pace.now)
  return { result: { ResourcePendingMaintenanceActions: record }, effect: effectOn(taken) }
}

function byArn(sight: Sight, arn: string): DatabaseState {
  const found = sight.databases.find((database) => databaseArn(database) === arn)
  if (!found) throw resourceNotFound(arn)
  return found
}

function maintenanceRecord(database: DatabaseState, now: Instant): Record<string, Xml> {
  return {
    ResourceIdentifier: databaseArn(database),
    PendingMaintenanceActionDetails: new XmlList('PendingMaintenanceAction', [
      ...(database.renewal ? [offerRecord(database, database.renewal, now)] : []),
      ...(database.systemUpdate ? [SYSTEM_UPDATE] : []),
    ]),
  }
}

const SYSTEM_UPDATE: Record<string, Xml> = {
  Action: 'system-update',
  Description: 'New operating system update is available',
}

function offerRecord(
  database: DatabaseState,
  renewal: NonNullable<DatabaseState['renewal']>,
  now: Instant,
): Record<string, Xml> {
  const { to, optIn, autoAppliedAfter, forcedApply } = renewal
  const waits = optIn === 'next-maintenance'
  return {
    Action: actionOf(renewal),
    AutoAppliedAfterDate: date(autoAppliedAfter),
    ForcedApplyDate: date(forcedApply),
    OptInStatus: optIn,
    CurrentApplyDate: waits ? new Date(nextOpening(database.maintenanceWindow, now)) : date(autoAppliedAfter),
    Description: to === undefined ? 'A new server certificate is available' : `Rotation to the CA certificate ${to}`,
  }
}

const date = (instant: Instant | undefined): Date | undefined => (instant === undefined ? undefined : new Date(instant))
