import type {
  ApplyPendingMaintenanceActionMessage,
  ModifyDBClusterMessage,
  ModifyDBInstanceMessage,
  RDSClient,
} from '@aws-sdk/client-rds'
import type { Change, ChangeApi, Outcome } from '../rules/change.ts'
import { outcomeOfAnswer } from './outcome.ts'
import type { Http, Sdk } from './questions.ts'

type Send = (sdk: Sdk, client: RDSClient, input: Change['input'], http: Http) => Promise<Outcome>

/** One command for each API that changes anything: the whole of what can be sent. What no type says of the input, `assertExact` says of the request. */
export const SEND: Readonly<Record<ChangeApi, Send>> = {
  async ModifyDBInstance(sdk, client, input, http) {
    const command = new sdk.ModifyDBInstanceCommand(input as unknown as ModifyDBInstanceMessage)
    const { DBInstance, $metadata } = await client.send(command, http)
    return outcomeOfAnswer(DBInstance !== undefined, $metadata.requestId)
  },
  async ModifyDBCluster(sdk, client, input, http) {
    const command = new sdk.ModifyDBClusterCommand(input as unknown as ModifyDBClusterMessage)
    const { DBCluster, $metadata } = await client.send(command, http)
    return outcomeOfAnswer(DBCluster !== undefined, $metadata.requestId)
  },
  async ApplyPendingMaintenanceAction(sdk, client, input, http) {
    const command = new sdk.ApplyPendingMaintenanceActionCommand(
      input as unknown as ApplyPendingMaintenanceActionMessage,
    )
    const { ResourcePendingMaintenanceActions, $metadata } = await client.send(command, http)
    return outcomeOfAnswer(ResourcePendingMaintenanceActions !== undefined, $metadata.requestId)
  },
  async ModifyCertificates(sdk, client, input, http) {
    const command = new sdk.ModifyCertificatesCommand(input)
    const { Certificate, $metadata } = await client.send(command, http)
    return outcomeOfAnswer(Certificate !== undefined, $metadata.requestId)
  },
}
