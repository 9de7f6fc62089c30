import { ACTIONS } from '../api/actions/index.ts'
import type { Call } from '../api/call.ts'
import { denied, WireError } from '../api/wire-error.ts'
import { REGION } from '../world.ts'
import type { Fault } from './fault.ts'

/** AWS's own name of an operation, as its CLI writes it. */
const kebab = (action: string): string =>
  action
    .replace(/DB/g, 'Db')
    .replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase()

const deniedActions = (service: keyof typeof ACTIONS): readonly Fault[] =>
  [...ACTIONS[service].keys()]
    // The one call that needs no permission.
    .filter((action) => action !== 'GetCallerIdentity')
    .map((action) => ({
      name: `denied-${kebab(action)}`,
      sentence: `AccessDenied for ${service}:${action}.`,
      perDatabase: false,
      refuses: (call: Call) =>
        call.service === service && call.action === action ? denied(call, `${service}:${action}`, '*') : undefined,
    }))

/** Calls of each action that are refused, of so many. The SDK asks three times. */
const STORM = { refused: 2, of: 3 }

/** What answers AWS can give instead of the right ones. */
export const ANSWER_FAULTS: readonly Fault[] = [
  {
    name: 'throttling-storm',
    sentence: `Of each action's calls ${STORM.refused} in ${STORM.of} are refused with Throttling, as long as it lasts.`,
    perDatabase: false,
    refuses: (_call, earlier) =>
      earlier % STORM.of < STORM.refused ? new WireError('Throttling', 400, 'Rate exceeded') : undefined,
  },
  {
    name: 'expires-while-waiting',
    sentence: 'Once a change has been asked for, every further call is refused with ExpiredToken.',
    perDatabase: false,
    refuses: (_call, _earlier, changes) =>
      changes > 0
        ? new WireError('ExpiredToken', 403, 'The security token included in the request is expired')
        : undefined,
  },
  {
    name: 'region-not-enabled',
    sentence: `Every Region but ${REGION} is not enabled in the account: OptInRequired.`,
    perDatabase: false,
    refuses: ({ region, service }) =>
      service === 'rds' && region !== REGION
        ? new WireError('OptInRequired', 403, 'The AWS Access Key Id needs a subscription for the service')
        : undefined,
  },
  {
    name: 'clock-skew',
    sentence: "AWS finds every call's signature expired, as when this machine's clock is wrong.",
    perDatabase: false,
    refuses: () => new WireError('SignatureDoesNotMatch', 403, 'Signature expired: it is earlier than 15 minutes ago.'),
  },
  {
    name: 'maintenance-lags',
    sentence: 'DescribePendingMaintenanceActions goes on showing as open what was opted in, as AWS may for minutes.',
    perDatabase: true,
    shows: (database, call) => {
      if (call.action !== 'DescribePendingMaintenanceActions' || !database.renewal?.optIn) return database
      const { optIn: _taken, ...offer } = database.renewal
      return { ...database, renewal: offer }
    },
  },
  {
    name: 'change-not-shown',
    sentence: 'A CA that was asked for is not shown as pending until AWS has begun with it.',
    perDatabase: true,
    shows: (database, call) => {
      if (call.action !== 'DescribeDBInstances' || database.status !== 'available') return database
      const { ca: _asked, ...pending } = database.pending
      return { ...database, pending }
    },
  },
  ...deniedActions('rds'),
  ...deniedActions('iam'),
  ...deniedActions('account'),
  ...deniedActions('cloudtrail'),
]
