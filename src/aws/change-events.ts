import type { Event } from '@aws-sdk/client-cloudtrail'
import type { ChangeEventRecord } from '../ports/control-plane.ts'
import type { Instant } from '../rules/words.ts'
import type { Questions } from './questions.ts'

/** The calls that change a CA, or make a waiting change come. */
const CHANGES = new Set([
  'ModifyDBInstance',
  'ModifyDBCluster',
  'ApplyPendingMaintenanceAction',
  'RebootDBInstance',
  'RebootDBCluster',
  'FailoverDBCluster',
])

/** CloudTrail's management events that named a resource, latest first. Needs `cloudtrail:LookupEvents`, which has a limit of two a second. */
export async function changeEventsOf(
  questions: Questions,
  id: string,
  since: Instant,
  signal: AbortSignal | undefined,
): Promise<ChangeEventRecord[]> {
  const input = {
    LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: id }],
    StartTime: new Date(since),
  }
  const answers = await questions.all('LookupEvents', signal, async (_sdk, { options }, http) => {
    const { CloudTrailClient, paginateLookupEvents } = await import('./sdk-cloudtrail.ts')
    return paginateLookupEvents({ client: new CloudTrailClient(options) }, input, http)
  })
  return answers.flatMap(({ Events }) =>
    (Events ?? []).map((one) => changeEvent(one)).filter((one) => one !== undefined),
  )
}

/** Undefined for a call that changes nothing about certificates. */
export function changeEvent({
  EventName: api = '',
  EventTime: at,
  Username,
  CloudTrailEvent,
}: Event): ChangeEventRecord | undefined {
  if (!at || !CHANGES.has(api)) return undefined
  const { requestID, errorCode, userIdentity, requestParameters } = membersOf(parsed(CloudTrailEvent))
  const arn = membersOf(userIdentity)['arn']
  // CloudTrail writes the first letter of each parameter small. Published records of ModifyDBInstance show `dBInstanceIdentifier`
  // and `publiclyAccessible`; `cACertificateIdentifier`, `applyImmediately` and `certificateRotationRestart` are inferred from that rule.
  const asked = membersOf(requestParameters)
  const ca = asked['cACertificateIdentifier']
  const immediately = asked['applyImmediately']
  return {
    at: at.getTime(),
    api,
    by: text(arn) ?? Username ?? '',
    ...(text(requestID) && { requestId: String(requestID) }),
    ...(text(errorCode) && { errorCode: String(errorCode) }),
    ...(text(ca) && { ca: String(ca) }),
    ...(typeof immediately === 'boolean' && { immediately }),
    ...(asked['certificateRotationRestart'] === false && { withoutRestart: true as const }),
  }
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '')
  } catch {
    // The list's own members say who and when without it.
    return undefined
  }
}

const membersOf = (value: unknown): Partial<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
