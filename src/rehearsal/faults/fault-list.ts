import { MUTATING } from '../api/actions/index.ts'
import { denied as deniedTo, WireError, invalidState } from '../api/wire-error.ts'
import type { Call } from '../api/call.ts'
import { databaseArn, REGION } from '../world.ts'
import { DELAYS } from '../lifecycle/delays.ts'
import { underWay } from '../state/database-state.ts'
import { engineOf } from '../lifecycle/engine-versions.ts'
import { agendaAtRest } from '../lifecycle/agenda.ts'
import { staleBundle, truncatedBundle } from './bad-bundles.ts'
import { ANSWER_FAULTS } from './answer-faults.ts'
import type { Fault } from './fault.ts'
import { WORLD_FAULTS } from './world-faults.ts'
import { WIRE_FAULTS } from './wire-faults.ts'

const THROTTLED_CALLS = 2

const FURTHER_READS = new Set([
  'DescribeEvents',
  'DescribePendingMaintenanceActions',
  'DescribeDBParameters',
  'ListTagsForResource',
])

const denied = (call: Call): WireError =>
  deniedTo(
    call,
    `${call.service}:${call.action}`,
    databaseArn({ account: call.account, region: call.region, id: call.parameters['DBInstanceIdentifier'] ?? '*' }),
  )

export const FAULTS: readonly Fault[] = [
  {
    name: 'stuck-modifying',
    sentence: 'A change begins and never gets on: the database stays in `modifying`.',
    perDatabase: true,
    holdsChanges: true,
  },
  {
    name: 'wrong-root',
    sentence: `After a change the API names the target CA, while the server presents a chain that ends at the root of another Region than ${REGION}.`,
    perDatabase: true,
    serves: 'wrong-root',
  },
  {
    name: 'old-certificate',
    sentence:
      'After a change the API names the target CA, while the server goes on presenting its old certificate until it is rebooted.',
    perDatabase: true,
    serves: 'old-certificate',
  },
  {
    name: 'lost-response',
    sentence: 'A change takes effect, and the connection is cut before its answer.',
    perDatabase: true,
    cutsAnswer: (call) => MUTATING.has(call.action),
  },
  {
    name: 'refused-modify',
    sentence: 'ModifyDBInstance is refused with InvalidDBInstanceState, and nothing changes.',
    perDatabase: true,
    refuses: (call) =>
      call.action === 'ModifyDBInstance' ? invalidState('Database instance is not in available state.') : undefined,
  },
  {
    name: 'access-denied',
    sentence: 'Every call that would change something is refused with AccessDenied; reading works.',
    perDatabase: true,
    refuses: (call) => (MUTATING.has(call.action) ? denied(call) : undefined),
  },
  {
    name: 'reads-denied',
    sentence:
      'The permissions stop at databases, certificates and engine versions: events, maintenance, parameters and tags are refused with AccessDenied.',
    perDatabase: false,
    refuses: (call) => (FURTHER_READS.has(call.action) ? denied(call) : undefined),
  },
  {
    name: 'expired-token',
    sentence: 'Every call is refused with ExpiredToken, as when a session has run out.',
    perDatabase: false,
    refuses: () => new WireError('ExpiredToken', 403, 'The security token included in the request is expired'),
  },
  {
    name: 'throttle',
    sentence: `The first ${THROTTLED_CALLS} calls of each action are refused with Throttling.`,
    perDatabase: false,
    refuses: (_call, earlier) =>
      earlier < THROTTLED_CALLS ? new WireError('Throttling', 400, 'Rate exceeded') : undefined,
  },
  {
    name: 'slow-api',
    sentence: `Every answer takes ${DELAYS.slowAnswer / 1000} s, divided by the rehearsal's speed.`,
    perDatabase: false,
    delays: DELAYS.slowAnswer,
  },
  {
    name: 'stale-bundle',
    sentence: 'The bundle server gives a bundle from before the new CAs: no target root is in it.',
    perDatabase: false,
    bundle: staleBundle,
  },
  {
    name: 'truncated-bundle',
    sentence: 'The bundle server gives a bundle that breaks off in the middle of a certificate.',
    perDatabase: false,
    bundle: truncatedBundle,
  },
  {
    name: 'pending-change',
    sentence:
      'A larger instance class waits for the maintenance window: a change "now" would drag it along, and a restart with it.',
    perDatabase: true,
    prepares: (database, now) => {
      if (underWay(database) || database.pending.instanceClass !== undefined) return database
      const prepared = { ...database, pending: { ...database.pending, instanceClass: 'db.r6g.xlarge' } }
      return { ...prepared, agenda: agendaAtRest(prepared, now) }
    },
  },
  {
    name: 'pending-reboot-parameter',
    sentence: 'A parameter waits for a reboot: a restart would switch it on.',
    perDatabase: true,
    prepares: (database) => ({ ...database, parametersWait: true }),
  },
  {
    name: 'leaf-renewal-due',
    sentence:
      'AWS offers a new server certificate under the same CA (server-certificate-rotation) for the databases that must restart for it.',
    perDatabase: true,
    prepares: (database, now) =>
      database.renewal || engineOf(database).rotatesWithoutRestart !== false
        ? database
        : { ...database, renewal: { offeredAt: now } },
  },
  {
    name: 'restart-loses-clients',
    sentence: "One application (…-reports) does not come back after its database's restart.",
    perDatabase: true,
    losesClients: true,
  },
  ...WORLD_FAULTS,
  ...ANSWER_FAULTS,
  ...WIRE_FAULTS,
]

/** What can go wrong on purpose, with a sentence each. */
export const listFaults = (): readonly {
  readonly name: string
  readonly sentence: string
  readonly perDatabase: boolean
}[] => FAULTS.map(({ name, sentence, perDatabase }) => ({ name, sentence, perDatabase }))
