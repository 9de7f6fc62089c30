import type { Instant } from '../../rules/words.ts'
import { otherCa } from '../lifecycle/happenings.ts'
import * as happens from '../lifecycle/happenings.ts'
import { agendaAtRest } from '../lifecycle/agenda.ts'
import { engineOf, ENGINE_VERSIONS } from '../lifecycle/engine-versions.ts'
import { underWay, type DatabaseState } from '../state/database-state.ts'
import { effectOn } from '../state/effect.ts'
import type { Fault, Strike } from './fault.ts'

const DAY = 24 * 60 * 60_000

const TERRAFORM = { user: 'terraform', agent: 'HashiCorp Terraform/1.9 terraform-provider-aws' }
const CONSOLE = { user: 'somebody-else', agent: 'console.amazonaws.com' }

interface AskedBy {
  readonly who: typeof CONSOLE
  readonly immediately: boolean
  readonly withoutRestart?: true
}

/** What somebody else asked for, as the trail of changes will show it. */
const asked = (
  database: DatabaseState,
  { who: by, immediately, withoutRestart }: AskedBy,
): NonNullable<Strike['asked']> => ({
  action: 'ModifyDBInstance',
  parameters: {
    DBInstanceIdentifier: database.id,
    CACertificateIdentifier: otherCa(database),
    ApplyImmediately: String(immediately),
    ...(withoutRestart && { CertificateRotationRestart: 'false' }),
  },
  by,
})

const prepared = (name: string, sentence: string, prepares: NonNullable<Fault['prepares']>): Fault => ({
  name,
  sentence,
  perDatabase: true,
  prepares,
})

/** AWS offers to change its CA, and has set the dates from which it does so by itself. */
function offeredByAws(
  database: DatabaseState,
  now: Instant,
  dates: { readonly autoAppliedAfter: Instant; readonly forcedApply: Instant },
): DatabaseState {
  if (database.renewal || database.custom || underWay(database)) return database
  const renewal = { offeredAt: now, action: 'ca-certificate-rotation' as const, to: otherCa(database), ...dates }
  const offered: DatabaseState = { ...database, renewal }
  return { ...offered, agenda: agendaAtRest(offered, now) }
}

/** What is so from the start. */
const PREPARED: readonly Fault[] = [
  prepared('stopped', 'The instance is stopped; AWS starts it again after seven days.', (database, now) =>
    underWay(database) ? database : { ...database, status: 'stopped', startsAgain: now + 7 * DAY },
  ),
  prepared('storage-optimization', 'The storage is being optimised: the status is not `available`.', (database) =>
    underWay(database) ? database : { ...database, status: 'storage-optimization' },
  ),
  prepared('upgrade-in-progress', 'The engine is being upgraded.', (database) =>
    underWay(database) ? database : { ...database, status: 'upgrading' },
  ),
  prepared('backing-up', 'An automatic backup runs: AWS takes no modification.', (database) =>
    underWay(database) ? database : { ...database, status: 'backing-up' },
  ),
  prepared(
    'incompatible-parameters',
    'A parameter does not fit its class, and it does not start: incompatible-parameters.',
    (database) => (underWay(database) ? database : { ...database, status: 'incompatible-parameters' }),
  ),
  prepared(
    'system-update-due',
    'AWS has an update of the operating system pending for it (system-update).',
    (database) => ({
      ...database,
      systemUpdate: true,
    }),
  ),
  prepared(
    'renewal-opted-in',
    "AWS's new server certificate is opted in for the next maintenance window, by somebody else.",
    (database, now) => {
      if (underWay(database) || database.custom) return database
      const taken: DatabaseState = { ...database, renewal: { offeredAt: now, optIn: 'next-maintenance' } }
      return { ...taken, agenda: agendaAtRest(taken, now) }
    },
  ),
  prepared(
    'pending-upgrade',
    'A newer engine version waits for the maintenance window: a change "now" would drag it along.',
    (database, now) => {
      const { engine, version } = engineOf(database)
      const newer = ENGINE_VERSIONS.findLast((one) => one.engine === engine && one.version !== version)
      if (underWay(database) || !newer) return database
      const waiting = { ...database, pending: { ...database.pending, engineVersion: newer.version } }
      return { ...waiting, agenda: agendaAtRest(waiting, now) }
    },
  ),
  prepared(
    'replication-broken',
    'The replication of a read replica has stopped with an error: there is no lag to see.',
    (database) => (database.replicaOf === undefined ? database : { ...database, replication: 'error' }),
  ),
  prepared(
    'ca-rotation-due',
    'AWS offers to change the CA (ca-certificate-rotation), and will do so by itself after a week, in any case after a month.',
    (database, now) => offeredByAws(database, now, { autoAppliedAfter: now + 7 * DAY, forcedApply: now + 30 * DAY }),
  ),
  prepared(
    'ca-rotation-in-window',
    'AWS has waited long enough: in the next maintenance window it changes the CA by itself (ca-certificate-rotation).',
    (database, now) => offeredByAws(database, now, { autoAppliedAfter: now, forcedApply: now + 30 * DAY }),
  ),
]

const struck = (
  name: string,
  when: NonNullable<Fault['strikes']>['when'],
  sentence: string,
  happening: happens.Happening,
  by?: AskedBy,
): Fault => ({
  name,
  sentence,
  perDatabase: true,
  strikes: {
    when,
    strike: (database, world, pace) => {
      const effect = happening(database, world, pace)
      return effect && { effect, ...(by && { asked: asked(database, by) }) }
    },
  },
})

/** What happens in the middle of somebody's work, once. */
const STRUCK: readonly Fault[] = [
  struck('deleted-mid-run', 'looked-at', 'The database is deleted after it was looked at.', happens.deleted),
  struck('renamed-mid-run', 'looked-at', 'The database gets another name after it was looked at.', happens.renamed),
  struck(
    'restored-mid-run',
    'looked-at',
    'After it was looked at, the database is deleted and restored under the same name: another resource id.',
    happens.restored,
  ),
  struck(
    'failover-elsewhere',
    'looked-at',
    'After a member of a cluster was looked at, the cluster fails over.',
    happens.failsOver,
  ),
  struck(
    'reader-scaled-out',
    'looked-at',
    'After a member of an Aurora cluster was looked at, autoscaling adds a reader.',
    happens.memberAdded,
  ),
  struck(
    'failover-mid-run',
    'change-asked',
    'When a member of a cluster is to be changed, the cluster fails over first: the roles are not those that were read.',
    happens.failsOver,
  ),
  struck(
    'member-added-mid-run',
    'change-asked',
    'When a member of an Aurora cluster is to be changed, autoscaling has just added a reader, on the old CA.',
    happens.memberAdded,
  ),
  struck(
    'changed-by-iac',
    'looked-at',
    'After it was looked at, infrastructure code changes its CA at once.',
    happens.changedElsewhere(true),
    { who: TERRAFORM, immediately: true },
  ),
  struck(
    'scheduled-in-console',
    'looked-at',
    'After it was looked at, somebody schedules a change of its CA in the console, for the next window.',
    happens.changedElsewhere(false),
    { who: CONSOLE, immediately: false },
  ),
  struck(
    'rotated-by-aws',
    'looked-at',
    'After it was looked at, AWS begins to change its CA in a window of its own.',
    happens.rotatedByAws,
  ),
  struck(
    'staged-elsewhere',
    'looked-at',
    'After it was looked at, somebody stages a certificate without a restart: it goes live at any restart.',
    happens.stagedElsewhere,
    { who: CONSOLE, immediately: true, withoutRestart: true },
  ),
  {
    name: 'ca-retired-mid-run',
    sentence: 'When a change asks for a CA, AWS has just retired it: CertificateNotFound.',
    perDatabase: true,
    strikes: {
      when: 'change-asked',
      strike: ({ region }, { cas }, _pace, call) => {
        const ca = cas.find((one) => one === call.parameters['CACertificateIdentifier'])
        return ca && { effect: { retired: { region, ca } } }
      },
    },
  },
  {
    name: 'parameter-changed-mid-run',
    sentence: 'After it was looked at, a parameter is changed that waits for a reboot.',
    perDatabase: true,
    strikes: {
      when: 'looked-at',
      strike: (database) => ({ effect: effectOn({ ...database, parametersWait: true }) }),
    },
  },
]

export const WORLD_FAULTS: readonly Fault[] = [...PREPARED, ...STRUCK]
