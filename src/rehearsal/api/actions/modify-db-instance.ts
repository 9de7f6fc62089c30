import { engineOf } from '../../lifecycle/engine-versions.ts'
import { parseWindow } from '../../lifecycle/maintenance-window.ts'
import { modify, type Wish } from '../../lifecycle/modify.ts'
import type { DatabaseState } from '../../state/database-state.ts'
import { findDatabase, type Action, type Sight } from '../action.ts'
import { flag, integer, required, type Call } from '../call.ts'
import { instanceRecord } from '../instance-record.ts'
import { certificateNotFound, invalidCombination, invalidValue } from '../wire-error.ts'

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
  const effect = modify(database, wishOf(call, sight, database), sight.pace)
  return { result: { DBInstance: instanceRecord(effect, sight) }, effect }
}

function wishOf(call: Call, sight: Sight, database: DatabaseState): Wish {
  const ca = caOf(call, sight, database)
  const restart = flag(call, 'CertificateRotationRestart')
  if (restart !== undefined && ca === undefined)
    // Word for word what AWS answers; the model lists no such error for this action.
    throw invalidCombination('CACertificateIdentifier is required to use the NoCertificateRotationRestart option.')
  const instanceClass = call.parameters['DBInstanceClass']
  if (instanceClass !== undefined && !/^db\.[a-z0-9]+\.\w+$/.test(instanceClass))
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

/** The CA asked for: one that the Region lists and the engine version supports. */
function caOf(call: Call, sight: Sight, database: DatabaseState): Wish['ca'] {
  const id = call.parameters['CACertificateIdentifier']
  if (id === undefined) return undefined
  const ca = sight.cas.find((listed) => listed.id === id)
  if (!ca) throw certificateNotFound(id)
  const engine = engineOf(database)
  if (!engine.cas.includes(ca.id))
    throw invalidCombination(`The CA certificate ${id} isn't supported by ${engine.engine} ${engine.version}.`)
  return ca.id
}
