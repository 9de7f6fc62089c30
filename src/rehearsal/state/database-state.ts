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
 * - `settle`: `available` again.
 */
export const ACTS = ['open-window', 'begin', 'apply', 'reboot', 'unstage', 'settle'] as const
const act = z.object({ act: z.enum(ACTS), at: z.number() })
export type Act = z.infer<typeof act>

const ca = z.enum(CA_IDS)

/** One database as the control plane knows it: what the API shows, and what is under way. Times are Instants. */
export const databaseState = z.object({
  id: z.string(),
  resourceId: z.string(),
  environment: z.enum(['staging', 'production']),
  family: z.enum(['postgres', 'mysql']),
  engine: z.enum(['postgres', 'mariadb', 'mysql']),
  engineVersion: z.string(),
  hostName: z.string(),
  port: z.number(),
  createdAt: z.number(),
  instanceClass: z.string(),
  backupRetention: z.number(),
  maintenanceWindow: z.string(),
  backupWindow: z.string(),
  status: z.enum(['available', 'modifying', 'rebooting']),
  ca,
  /** The validity of the certificate that the API believes to be served. */
  leaf: z.object({ from: z.number(), till: z.number() }),
  pending: z.object({
    ca: z.exactOptional(ca),
    /** False for `--no-certificate-rotation-restart`; absent means that rotating restarts where the engine must. */
    restart: z.exactOptional(z.literal(false)),
    instanceClass: z.exactOptional(z.string()),
    backupRetention: z.exactOptional(z.number()),
  }),
  /** The pending CA's certificate lies on the server and goes live with its next restart, whoever causes it. */
  staged: z.boolean(),
  /** Parameters wait for a reboot, which would switch them on. */
  parametersWait: z.boolean(),
  /** AWS offers a new server certificate under the same CA; `optIn` once somebody has taken the offer. */
  renewal: z.exactOptional(
    z.object({ offeredAt: z.number(), optIn: z.exactOptional(z.enum(['immediate', 'next-maintenance'])) }),
  ),
  agenda: z.readonly(z.array(act)),
  events: z.readonly(z.array(z.object({ at: z.number(), message: z.string(), category: z.string() }))),
})
export type DatabaseState = z.infer<typeof databaseState>

/** Whether a change is under way; one that only waits for the window is not. */
export const underWay = (database: DatabaseState): boolean =>
  database.status !== 'available' || database.agenda.some(({ act }) => act !== 'open-window')
