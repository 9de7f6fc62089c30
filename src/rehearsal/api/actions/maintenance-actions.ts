import type { Instant } from '../../../rules/words.ts'
import { actionOf, parseOptIn, takeUpMaintenance } from '../../lifecycle/maintenance.ts'
import { nextOpening } from '../../lifecycle/maintenance-window.ts'
import { effectOn } from '../../state/effect.ts'
import type { DatabaseState } from '../../state/database-state.ts'
import { clusterArn, databaseArn } from '../../world.ts'
import { membersOf, type Action, type Sight } from '../action.ts'
import { required } from '../call.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { resourceNotFound } from '../wire-error.ts'
import { XmlList, type Xml } from '../xml.ts'

/** What AWS lists maintenance for, under an ARN of its own: an instance, or a cluster. */
interface Resource {
  readonly id: string
  readonly arn: string
  readonly filter: 'db-instance-id' | 'db-cluster-id'
  /** The databases whose certificate it is about: of a Multi-AZ DB cluster all members, of an Aurora cluster none. */
  readonly carriers: readonly DatabaseState[]
  readonly systemUpdate: boolean
}

/** DescribePendingMaintenanceActions: what has nothing pending is not in the answer. */
export const describePendingMaintenanceActions: Action = (call, sight) => {
  const filters = filtersOf(call, ['db-cluster-id', 'db-instance-id'])
  const arn = call.parameters['ResourceIdentifier']
  const asked = arn === undefined ? resourcesOf(sight) : [byArn(sight, arn)]
  const found = asked.filter(
    (one) => actionsOf(one, sight.pace.now).length > 0 && passes(filters, { [one.filter]: [one.id, one.arn] }),
  )
  const { items, marker } = page(call, found, ({ id }) => id)
  return {
    result: {
      PendingMaintenanceActions: new XmlList(
        'ResourcePendingMaintenanceActions',
        items.map((one) => maintenanceRecord(one, sight.pace.now)),
      ),
      Marker: marker,
    },
  }
}

/** ApplyPendingMaintenanceAction: of a Multi-AZ DB cluster for all of its members. */
export const applyPendingMaintenanceAction: Action = (call, sight) => {
  const resource = byArn(sight, required(call, 'ResourceIdentifier'))
  const optIn = parseOptIn(required(call, 'OptInType'))
  const action = required(call, 'ApplyAction')
  const offered = resource.carriers.filter(({ renewal }) => renewal)
  if (offered.length === 0) throw resourceNotFound(resource.arn)
  const carriers = offered.map((database) => takeUpMaintenance(database, action, optIn, sight.pace))
  const record = maintenanceRecord({ ...resource, carriers }, sight.pace.now)
  return { result: { ResourcePendingMaintenanceActions: record }, effect: effectOn(...carriers) }
}

/**
 * A Multi-AZ DB cluster carries the certificate, and whatever is pending is pending for it. Each member of an Aurora cluster carries one of its
 * own, while an update of the cluster is the cluster's.
 */
function resourcesOf({ databases, clusters }: Sight): readonly Resource[] {
  const kinds = new Map(clusters.map(({ key, kind }) => [key, kind]))
  const instances = databases.map((database): Resource => {
    const kind = database.member && kinds.get(database.member.cluster)
    return {
      id: database.id,
      arn: databaseArn(database),
      filter: 'db-instance-id',
      carriers: kind === 'multi-az' ? [] : [database],
      systemUpdate: kind === undefined && database.systemUpdate === true,
    }
  })
  const grouped = clusters.map((cluster): Resource => {
    const members = membersOf(databases, cluster)
    return {
      id: cluster.id,
      arn: clusterArn(cluster),
      filter: 'db-cluster-id',
      carriers: cluster.kind === 'multi-az' ? members : [],
      systemUpdate: members.some(({ systemUpdate }) => systemUpdate),
    }
  })
  return [...instances, ...grouped]
}

function byArn(sight: Sight, arn: string): Resource {
  const found = resourcesOf(sight).find((one) => one.arn === arn)
  if (!found) throw resourceNotFound(arn)
  return found
}

const maintenanceRecord = (resource: Resource, now: Instant): Record<string, Xml> => ({
  ResourceIdentifier: resource.arn,
  PendingMaintenanceActionDetails: new XmlList('PendingMaintenanceAction', actionsOf(resource, now)),
})

function actionsOf({ carriers, systemUpdate }: Resource, now: Instant): Record<string, Xml>[] {
  const offered = carriers.find(({ renewal }) => renewal)
  return [
    ...(offered?.renewal ? [offerRecord(offered, offered.renewal, now)] : []),
    ...(systemUpdate ? [SYSTEM_UPDATE] : []),
  ]
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
