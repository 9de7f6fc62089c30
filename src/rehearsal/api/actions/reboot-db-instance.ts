import { agendaOfReboot } from '../../lifecycle/agenda.ts'
import { refuseWhileUnderWay } from '../../lifecycle/modify.ts'
import { effectOn } from '../../state/effect.ts'
import { findDatabase, type Action } from '../action.ts'
import { flag, required } from '../call.ts'
import { instanceRecord } from '../instance-record.ts'
import { invalidCombination } from '../wire-error.ts'

/** RebootDBInstance: a staged certificate goes live with it. What waits for the window goes on waiting. */
export const rebootDbInstance: Action = (call, sight) => {
  const database = findDatabase(sight, required(call, 'DBInstanceIdentifier'))
  if (flag(call, 'ForceFailover') === true && !database.multiAz)
    throw invalidCombination('ForceFailover cannot be specified since the instance is not configured for Multi-AZ.')
  refuseWhileUnderWay(database)
  const rebooting = { ...database, agenda: agendaOfReboot(database, sight.pace) }
  return { result: { DBInstance: instanceRecord(rebooting, sight) }, effect: effectOn(rebooting) }
}
