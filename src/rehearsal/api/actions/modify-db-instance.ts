import { parseWindow } from '../../lifecycle/maintenance-window.ts'
import { modify, type Wish } from '../../lifecycle/modify.ts'
import { effectOn } from '../../state/effect.ts'
import type { DatabaseState } from '../../state/database-state.ts'
import { findDatabase, type Action, type Sight } from '../action.ts'
import { flag, integer, required, type Call } from '../call.ts'
import { instanceRecord } from '../instance-record.ts'
import { invalidCombination, invalidValue } from '../wire-error.ts'
import { wantedCa } from '../wanted-ca.ts'

const SIMULATED = new Set([
  'DBInstanceIdentifier',
  'ApplyImmediately',
  'CACertificateIdentifier',
  'CertificateRotationRestart',
  'DBInstanceClass',
  'BackupRetentionPeriod',
  'PreferredMaintenanceWindow',
])

/** ModifyDBInstance, as far as a CA rotation can meet it. What is not simulated is refused rather than ignored. */
export const modifyDbInstance: Action = (call, sight) => {
  const foreign = Object.keys(call.parameters).filter((name) => !SIMULATED.has(name))
  if (foreign.length > 0) throw invalidValue(`The rehearsal does not simulate changing ${foreign.join(', ')}.`)
  const database = findDatabase(sight, required(call, 'DBInstanceIdentifier'))
  const modified = modify(database, wishOf(call, sight, database), sight.pace)
  return { result: { DBInstance: instanceRecord(modified, sight) }, effect: effectOn(modified) }
}

function wishOf(call: Call, sight: Sight, database: DatabaseState): Wish {
  const named = call.parameters['CACertificateIdentifier']
  if (named !== undefined) refuseWhereCaIsNotItsOwn(database, sight)
  const ca = wantedCa(named, sight, database)
  const restart = flag(call, 'CertificateRotationRestart')
  if (restart !== undefined && ca === undefined)
    // Word for word what AWS answers; the model lists no such error for this action.
    throw invalidCombination('CACertificateIdentifier is required to use the NoCertificateRotationRestart option.')
  const instanceClass = call.parameters['DBInstanceClass']
  if (instanceClass !== undefined && !/^db\.[a-z0-9]+(\.\w+)?$/.test(instanceClass))
    throw invalidValue(`Invalid DB Instance class: ${instanceClass}`)
  const backupRetention = integer(call, 'BackupRetentionPeriod', 0, 35)
  const maintenanceWindow = call.parameters['PreferredMaintenanceWindow']?.toLowerCase()
  if (maintenanceWindow !== undefined) parseWindow(maintenanceWindow)
  return {
    immediately: flag(call, 'ApplyImmediately') ?? false,
    ...(ca !== undefined && { ca }),
    ...(restart !== undefined && { restart }),
    ...(instanceClass !== undefined && { instanceClass }),
    ...(backupRetention !== undefined && { backupRetention }),
    ...(maintenanceWindow !== undefined && { maintenanceWindow }),
  }
}

/** AWS documents neither answer; both are of the codes that it gives for what belongs to the cluster, or to nobody. */
function refuseWhereCaIsNotItsOwn({ custom, id, member }: DatabaseState, { clusters }: Sight): void {
  if (custom) throw invalidCombination('The CA certificate identifier does not apply to RDS Custom.')
  const cluster = clusters.find(({ key }) => key === member?.cluster)
  if (cluster?.kind !== 'multi-az') return
  throw invalidCombination(
    `The CA certificate of ${id} is that of its Multi-AZ DB cluster: modify the cluster ${cluster.id} instead.`,
  )
}
