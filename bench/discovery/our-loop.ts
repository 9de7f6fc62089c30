/** Discovery, with everything that it finds kept. */
import { accessWith } from '../../src/commands/fleet-access.ts'
import { EMPTY_CONFIG } from '../../src/config/schema.ts'
import { listFleet } from '../../src/fleet/list-fleet.ts'
import { REGIONS } from './served-fleet.ts'

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? ''
const access = accessWith({ region: 'us-east-1', endpoint, keys: { accessKeyId: 'AKIABENCH', secretAccessKey: 's' } })
// Both load the SDK before the clock starts: the rival at its top, this program with its first question.
await import('../../src/aws/sdk.ts')
await import('../../src/aws/sdk-account.ts')
let first = 0
const before = process.cpuUsage()
const cpu = (): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
const begun = performance.now()
const { databases } = await listFleet(
  access,
  [{ regions: REGIONS }],
  EMPTY_CONFIG,
  { endpoint, facts: ['cas', 'maintenance', 'engines', 'proxies'], signal: new AbortController().signal },
  (one) => {
    if (one.kind === 'databases') first ||= performance.now()
  },
)
const ended = performance.now()
process.stdout.write(
  JSON.stringify({
    count: databases.length,
    ms: ended - begun,
    first: first - begun,
    maxRss: process.resourceUsage().maxRSS,
    cpu: cpu(),
  }),
)
