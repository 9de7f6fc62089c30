import type { Instant } from '../../../rules/words.ts'
import { RENEWAL_ACTION, parseOptIn, takeUpMaintenance } from '../../lifecycle/maintenance.ts'
import { nextOpening } from '../../lifecycle/maintenance-window.ts'
import type { DatabaseState } from '../../state/database-state.ts'
import { databaseArn } from '../../world.ts'
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
  const asked = arn === undefined ? sight.databases : [byArn(sight, arn)]
  const found = asked.filter(
    (database) => database.renewal && passes(filters, { 'db-instance-id': [database.id, databaseArn(database.id)] }),
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
  const effect = takeUpMaintenance(database, required(call, 'ApplyAction'), optIn, sight.pace)
  return { result: { ResourcePendingMaintenanceActions: maintenanceRecord(effect, sight.pace.now) }, effect }
}

function byArn(sight: Sight, arn: string): DatabaseState {
  const found = sight.databases.find(({ id }) => databaseArn(id) === arn)
  if (!found) throw resourceNotFound(arn)
  return found
}

function maintenanceRecord(database: DatabaseState, now: Instant): Record<string, Xml> {
  const { renewal } = database
  const waits = renewal?.optIn === 'next-maintenance'
  const applies = waits ? new Date(nextOpening(database.maintenanceWindow, now)) : undefined
  return {
    ResourceIdentifier: databaseArn(database.id),
    PendingMaintenanceActionDetails: new XmlList(
      'PendingMaintenanceAction',
      renewal
        ? [
            {
              Action: RENEWAL_ACTION,
              OptInStatus: renewal.optIn,
              CurrentApplyDate: applies,
              Description: 'A new server certificate is available',
            },
          ]
        : [],
    ),
  }
}
