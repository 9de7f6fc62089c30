/**
 * 06 Preflight: does anything stand in the way, or would anything be dragged along?
 *
 * Looks at: the instance's status, everything else that is pending, its parameter groups, its pending maintenance.
 * Proven when: it is available and nothing else would happen with the change. ApplyImmediately applies every pending modification of the
 * instance, not only ours; and a restart switches on every parameter that waits for one.
 * When it does not hold: finish or cancel what is pending first, or accept it by name, with a typed reason.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { own, verdictOf } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import { sameDatabase } from './01-identify.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { reasonsOf } from './text.ts'

const facts = z.object({
  basis: z.object({
    status: z.string(),
    pendingCa: z.optional(z.string()),
    pending: z.record(z.string(), z.string()),
    pendingReboot: z.array(z.string()),
    maintenance: z.array(z.string()),
    replicas: z.array(z.string()),
  }),
  detail: z.object({
    at: z.number(),
    maintenanceWindow: z.optional(z.string()),
    backupWindow: z.optional(z.string()),
    multiAz: z.boolean(),
    replicaSource: z.optional(z.string()),
    maintenance: z.array(
      z.object({ action: z.string(), description: z.optional(z.string()), applyDate: z.optional(z.number()) }),
    ),
  }),
})
export type PreflightFacts = z.infer<typeof facts>

const text = {
  'not-available': {
    says: 'It is "{status}", not available: AWS takes no modification now.',
    cure: 'Wait until it is available (start it if it is stopped), then look again.',
  },
  'pending-change': {
    says: 'Another modification is pending: {name} = {value}. "Now" would apply it together with the CA.',
    cure: 'Apply or cancel it first, choose the maintenance window, or accept it by name.',
  },
  'pending-ca': {
    says: 'A change to the CA {ca} is pending already, made outside this rotation.',
    cure: 'Find out who asked for it. Let it come, or cancel it, then look again.',
  },
  'pending-reboot': {
    says: 'The parameter group {group} has changes that wait for a reboot: a restart would switch them on.',
    cure: 'Reboot for them on an occasion of their own, or accept it by name.',
  },
  'maintenance-due': {
    says: 'AWS has maintenance pending for it: {action}.',
    cure: 'Let it happen first, or accept it by name.',
  },
  'certificate-offered': { says: 'AWS offers a certificate action of its own: {action}.', cure: 'Nothing to do.' },
  'has-replicas': { says: 'It has replicas, each with a CA of its own: {replicas}.', cure: 'Rotate each of them too.' },
  'saw-status': {
    says: '{status}; maintenance window {window}; backup window {backup}; Multi-AZ: {multiAz}.',
    cure: '',
  },
} as const
const { reason, short } = reasonsOf(text)

/** Both names occur: the model's and the user guide's. */
const CERTIFICATE_ACTIONS = new Set(['ca-certificate-rotation', 'server-certificate-rotation'])

export const preflight = step({
  id: 'preflight',
  version: 1,
  number: '06',
  on: 'database',
  title: 'Preflight',
  why: '"Apply immediately" applies everything that is pending, not only the CA, and a restart switches on every parameter that waits for one. Surprises are found before, not after.',
  source:
    'API: ModifyDBInstance (ApplyImmediately), DescribePendingMaintenanceActions; Amazon RDS User Guide: Maintaining a DB instance',
  needs: { identify: own('identify') },
  asks: [],
  cheap: true,
  maxAge: 15 * 60_000,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, about, { identify }, _decided, signal) {
    const { control } = world
    const [record, maintenance] = await Promise.all([
      sameDatabase((name, inTime) => control.database(name, inTime), about, signal),
      control.maintenance(identify.basis.arn, signal),
    ])
    return {
      basis: {
        status: record.status,
        ...(record.pendingCa && { pendingCa: record.pendingCa }),
        pending: { ...record.pendingOther },
        pendingReboot: record.parameterGroups
          .filter((group) => group.applyStatus === 'pending-reboot')
          .map((group) => group.name),
        maintenance: maintenance.map((one) => one.action).sort(),
        replicas: [...record.replicas].sort(),
      },
      detail: {
        at: world.now(),
        multiAz: record.multiAz,
        ...(record.maintenanceWindow && { maintenanceWindow: record.maintenanceWindow }),
        ...(record.backupWindow && { backupWindow: record.backupWindow }),
        ...(record.replicaSource && { replicaSource: record.replicaSource }),
        maintenance: maintenance.map(({ action, description, currentApply }) => ({
          action,
          ...(description && { description }),
          ...(currentApply !== undefined && { applyDate: currentApply }),
        })),
      },
    }
  },

  tells: ({ basis, detail }) => [
    reason('saw-status', {
      status: basis.status,
      window: detail.maintenanceWindow ?? 'unknown',
      backup: detail.backupWindow ?? 'none',
      multiAz: detail.multiAz ? 'yes' : 'no',
    }),
  ],

  judge({ basis }) {
    const shortfalls: Shortfall[] = []
    if (basis.status !== 'available') shortfalls.push(short('not-available', 'proof', { status: basis.status }))
    if (basis.pendingCa) shortfalls.push(short('pending-ca', 'waiver', { ca: basis.pendingCa }))
    for (const [name, value] of Object.entries(basis.pending))
      shortfalls.push(short('pending-change', 'waiver', { name, value }))
    for (const group of basis.pendingReboot) shortfalls.push(short('pending-reboot', 'waiver', { group }))
    const notes: Reason[] = basis.replicas.length > 0 ? [reason('has-replicas', { replicas: basis.replicas })] : []
    for (const action of basis.maintenance)
      // A new certificate is what a rotation brings: an offer of one is no obstacle to it.
      if (CERTIFICATE_ACTIONS.has(action)) notes.push(reason('certificate-offered', { action }))
      else shortfalls.push(short('maintenance-due', 'waiver', { action }))
    return verdictOf(shortfalls, notes)
  },
})
