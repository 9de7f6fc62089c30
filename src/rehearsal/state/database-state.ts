import * as z from 'zod/mini'
import { CA_IDS } from '../data-plane.ts'

/**
 * What the Region will do next to a database, in order; each falls due at `at` or when the one before it is done,
 * whichever is later. Instants are absolute, so that a Region that was killed carries on where it stood.
 * - `open-window`: what waits for the maintenance window begins.
 * - `begin`: the change becomes visible: `modifying`. Until then the API shows nothing, as AWS's may for a while.
 * - `apply`: everything that pends is put in place; the server is reloaded, restarted, or the certificate staged.
 * - `reboot`: RebootDBInstance's restart.
 * - `unstage`: a staged certificate is taken back.
 * - `create`: the server of a new database starts.
 * - `settle`: `available` again.
 */
export const ACTS = ['open-window', 'begin', 'apply', 'reboot', 'unstage', 'create', 'settle'] as const
const act = z.object({ act: z.enum(ACTS), at: z.number() })
export type Act = z.infer<typeof act>

export const ENGINES = [
  'postgres',
  'mariadb',
  'mysql',
  'aurora-postgresql',
  'aurora-mysql',
  'sqlserver-se',
  'oracle-se2',
  'custom-oracle-ee',
  'db2-se',
  'docdb',
  'neptune',
] as const
export type EngineName = (typeof ENGINES)[number]

export const DATABASE_STATUSES = [
  'available',
  'modifying',
  'rebooting',
  'creating',
  'stopped',
  'storage-optimization',
  'upgrading',
  'backing-up',
  'incompatible-parameters',
] as const

const ca = z.enum(CA_IDS)
const tags = z.readonly(z.record(z.string(), z.string()))

/** AWS's names for the renewal of a server certificate under the same CA, and for its own change of a CA. */
export const CERTIFICATE_ACTIONS = ['server-certificate-rotation', 'ca-certificate-rotation'] as const

/** One database as the control plane knows it: what the API shows, and what is under way. Times are Instants. */
export const databaseState = z.object({
  /** Names it and its server for as long as it exists, whatever it is called: names can be changed, and given again. */
  key: z.string(),
  /** DBInstanceIdentifier. */
  id: z.string(),
  account: z.string(),
  region: z.string(),
  resourceId: z.string(),
  environment: z.enum(['staging', 'production']),
  /** What its server really speaks; `none` where it exists in the API alone. */
  family: z.enum(['postgres', 'mysql', 'none']),
  engine: z.enum(ENGINES),
  engineVersion: z.string(),
  hostName: z.string(),
  port: z.number(),
  createdAt: z.number(),
  instanceClass: z.string(),
  backupRetention: z.number(),
  maintenanceWindow: z.string(),
  backupWindow: z.string(),
  status: z.enum(DATABASE_STATUSES),
  ca,
  /** The validity of the certificate that the API believes to be served. */
  leaf: z.object({ from: z.number(), till: z.number() }),
  pending: z.object({
    ca: z.exactOptional(ca),
    /** False for `--no-certificate-rotation-restart`; absent means that rotating restarts where the engine must. */
    restart: z.exactOptional(z.literal(false)),
    instanceClass: z.exactOptional(z.string()),
    backupRetention: z.exactOptional(z.number()),
    /** A queued upgrade of the engine, which "now" drags along as it does an instance class. */
    engineVersion: z.exactOptional(z.string()),
  }),
  /** The pending CA's certificate lies on the server and goes live with its next restart, whoever causes it. */
  staged: z.boolean(),
  /** Parameters wait for a reboot, which would switch them on. */
  parametersWait: z.boolean(),
  /** AWS offers a new server certificate; `optIn` once somebody has taken the offer. */
  renewal: z.exactOptional(
    z.object({
      offeredAt: z.number(),
      optIn: z.exactOptional(z.enum(['immediate', 'next-maintenance'])),
      /** AWS's word for it; the first of them when absent. */
      action: z.exactOptional(z.enum(CERTIFICATE_ACTIONS)),
      /** The CA that it leads to, where that is another one. */
      to: z.exactOptional(ca),
      /** From when on AWS takes it up in a window by itself, and when it does so in any case. */
      autoAppliedAfter: z.exactOptional(z.number()),
      forcedApply: z.exactOptional(z.number()),
    }),
  ),
  /** An update of the operating system is pending, for no time that is set. */
  systemUpdate: z.exactOptional(z.literal(true)),
  agenda: z.readonly(z.array(act)),
  events: z.readonly(z.array(z.object({ at: z.number(), message: z.string(), category: z.string() }))),
  /** The cluster, by its key, of which it is a member. */
  member: z.exactOptional(z.object({ cluster: z.string(), writer: z.boolean(), tier: z.number() })),
  /** The key of the database whose replica it is, and how the replication fares. */
  replicaOf: z.exactOptional(z.string()),
  replication: z.exactOptional(z.enum(['replicating', 'error', 'stopped'])),
  multiAz: z.exactOptional(z.literal(true)),
  /** RDS Custom: the CA does not apply. */
  custom: z.exactOptional(z.literal(true)),
  /** Its Babelfish endpoint takes a new certificate with a reboot only. */
  babelfish: z.exactOptional(z.literal(true)),
  iamAuth: z.exactOptional(z.literal(true)),
  /** Whether its master user's password is kept in Secrets Manager. */
  managedSecret: z.exactOptional(z.literal(true)),
  /** When AWS starts it again by itself, where it is stopped. */
  startsAgain: z.exactOptional(z.number()),
  tags: z.exactOptional(tags),
})
export type DatabaseState = z.infer<typeof databaseState>

/** Whether a change is under way; one that only waits for the window is not. */
export const underWay = (database: DatabaseState): boolean =>
  database.status !== 'available' || database.agenda.some(({ act }) => act !== 'open-window')
