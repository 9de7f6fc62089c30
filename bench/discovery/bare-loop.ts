/** The rival: a loop over the AWS SDK that makes the same calls, eight Regions at once, and keeps nothing but a count. */
import { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam'
import {
  RDSClient,
  paginateDescribeCertificates,
  paginateDescribeDBClusters,
  paginateDescribeDBEngineVersions,
  paginateDescribeDBInstances,
  paginateDescribeDBProxies,
  paginateDescribePendingMaintenanceActions,
} from '@aws-sdk/client-rds'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { slots } from '../../src/fleet/channel.ts'
import { REGIONS } from './served-fleet.ts'

const common = {
  endpoint: process.env['AWS_ENDPOINT_URL'] ?? '',
  credentials: { accessKeyId: 'AKIABENCH', secretAccessKey: 's' },
}
let count = 0
let first = 0

async function all(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages) void _
}

async function one(region: string): Promise<void> {
  const client = new RDSClient({ ...common, region })
  const versions = new Set<string>()
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client }, {})) {
    first ||= performance.now()
    count += DBInstances.length
    for (const { Engine, EngineVersion } of DBInstances) versions.add(`${Engine} ${EngineVersion}`)
  }
  const turn = slots(4)
  await Promise.all([
    all(paginateDescribeDBClusters({ client }, {})),
    all(paginateDescribeCertificates({ client }, {})),
    all(paginateDescribePendingMaintenanceActions({ client }, {})),
    all(paginateDescribeDBProxies({ client }, {})),
    ...[...versions].map((version) =>
      turn(() => {
        const [Engine, EngineVersion] = version.split(' ')
        return all(paginateDescribeDBEngineVersions({ client }, { Engine, EngineVersion, IncludeAll: true }))
      }),
    ),
  ])
}

const before = process.cpuUsage()
const cpu = (): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
const begun = performance.now()
await new STSClient({ ...common, region: 'us-east-1' }).send(new GetCallerIdentityCommand({}))
await new IAMClient({ ...common, region: 'us-east-1' }).send(new ListAccountAliasesCommand({}))
const turn = slots(8)
await Promise.all(REGIONS.map((region) => turn(() => one(region))))
const ended = performance.now()
process.stdout.write(
  JSON.stringify({
    count,
    ms: ended - begun,
    first: first - begun,
    maxRss: process.resourceUsage().maxRSS,
    cpu: cpu(),
  }),
)
