import { DELAYS, scaled } from '../../lifecycle/delays.ts'
import type { RequestLine } from '../../state/request-log.ts'
import type { Action } from '../action.ts'
import { XmlList, type Xml } from '../xml.ts'

const DAY = 24 * 60 * 60_000
const KEPT = 90 * DAY
const MOST = 50

/**
 * CloudTrail LookupEvents: who asked for changes of databases, latest first, some minutes behind. One attribute at most,
 * as in AWS; and 50 events.
 */
export const lookupEvents: Action = (call, { place, pace, trail }) => {
  const { LookupAttributes: attributes, StartTime: start, EndTime: end } = call.parameters
  const [wanted] = JSON.parse(attributes ?? '[]') as readonly { AttributeKey: string; AttributeValue: string }[]
  const from = start === undefined ? pace.now - KEPT : Number(start) * 1000
  // What has just been done has not come yet.
  const till = Math.min(
    end === undefined ? pace.now : Number(end) * 1000,
    pace.now - scaled(DELAYS.trailBehind, pace.speed),
  )
  const found = trail
    .filter(({ account, region, time }) => {
      const at = Date.parse(time)
      return account === place.account && region === place.region && at >= from && at <= till
    })
    .filter((line) => !wanted || attributeOf(line, wanted.AttributeKey).includes(wanted.AttributeValue))
    .slice(-MOST)
    .toReversed()
  return {
    result: {
      Events: new XmlList(
        'member',
        found.map((line) => eventRecord(line)),
      ),
    },
  }
}

const resourceOf = ({ parameters }: RequestLine): string | undefined =>
  parameters['DBInstanceIdentifier'] ?? parameters['DBClusterIdentifier'] ?? parameters['ResourceIdentifier']

function attributeOf(line: RequestLine, key: string): readonly string[] {
  switch (key) {
    case 'EventName':
      return [line.action]
    case 'EventSource':
      return [SOURCE]
    case 'Username':
      return [userOf(line)]
    case 'ResourceName': {
      const resource = resourceOf(line)
      return resource === undefined ? [] : [resource]
    }
    default:
      return []
  }
}

const SOURCE = 'rds.amazonaws.com'
const userOf = ({ by }: RequestLine): string => by?.user ?? 'rehearsal'

function eventRecord(line: RequestLine): Record<string, Xml> {
  const resource = resourceOf(line)
  const { action, code, parameters, region, requestId, time, by, account } = line
  return {
    EventId: requestId,
    EventName: action,
    ReadOnly: 'false',
    EventTime: new Date(time),
    EventSource: SOURCE,
    Username: userOf(line),
    Resources: new XmlList(
      'member',
      resource === undefined ? [] : [{ ResourceType: 'AWS::RDS::DBInstance', ResourceName: resource }],
    ),
    CloudTrailEvent: JSON.stringify({
      eventVersion: '1.11',
      eventTime: time,
      eventSource: SOURCE,
      eventName: action,
      awsRegion: region,
      recipientAccountId: account,
      requestID: requestId,
      userAgent: by?.agent ?? 'rehearsal',
      userIdentity: { type: 'IAMUser', userName: userOf(line), accountId: account },
      ...(code !== undefined && { errorCode: code }),
      requestParameters: requestParameters(parameters),
    }),
  }
}

/** CloudTrail begins names with a small letter: `dBInstanceIdentifier`, `applyImmediately`. */
const requestParameters = (parameters: RequestLine['parameters']): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      value === 'true' ? true : value === 'false' ? false : value,
    ]),
  )
