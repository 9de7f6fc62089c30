/** An endpoint that answers as AWS would for accounts and Regions that a test describes: by access key and by the signature's Region. */
import {
  failure,
  identity,
  json,
  queryServer,
  result,
  type Call,
  type QueryServer,
  type Reaction,
} from '../aws/query-server.ts'

export interface FleetServer {
  readonly server: QueryServer
  readonly endpoint: string
}

/** The access key and the Region of a request's signature. */
export function callerOf({ credential }: Call): { readonly key: string; readonly region: string } {
  const [key = '', , region = ''] = credential.split('/')
  return { key, region }
}

export const empty = (action: string): Reaction => result(action, `<${LISTS[action] ?? 'Nothing'}/>`)

const LISTS: Readonly<Record<string, string>> = {
  DescribeDBInstances: 'DBInstances',
  DescribeDBClusters: 'DBClusters',
  DescribeDBProxies: 'DBProxies',
  DescribePendingMaintenanceActions: 'PendingMaintenanceActions',
  DescribeCertificates: 'Certificates',
  DescribeDBEngineVersions: 'DBEngineVersions',
}

/** Answers nothing but what it is given, and otherwise with empty lists; each key is an account of its own: `AKIA1` is 111111111111. */
export async function fleetServer(
  react: (call: Call, key: string, region: string) => Reaction | undefined,
): Promise<FleetServer> {
  const server = await queryServer((call) => {
    const { key, region } = callerOf(call)
    const reaction = react(call, key, region)
    if (reaction !== undefined) return reaction
    if (call.action === 'GetCallerIdentity') return identity(key.slice(-1).repeat(12))
    if (call.path.startsWith('/listRegions'))
      return json({ Regions: [{ RegionName: 'eu-west-1' }, { RegionName: 'us-east-1' }] })
    if (call.action === 'ListAccountAliases') return failure('AccessDenied', 403)
    return LISTS[call.action] === undefined ? failure('InvalidAction') : empty(call.action)
  })
  return { server, endpoint: server.endpoint }
}
