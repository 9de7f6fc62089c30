/**
 * 06 Preflight: does anything stand in the way, or would anything be dragged along?
 *
 * Looks at: the status, everything else that is pending, parameter groups, maintenance; and whoever shares its clients: members of its
 * cluster, replicas, other Regions, a Blue/Green deployment.
 * Proven when: it is available, nothing else would happen with the change, and it is its turn: readers and replicas come first, one at a
 * time. ApplyImmediately applies every pending modification, not only ours; a restart switches on every parameter that waits for one.
 * When it does not hold: each trap names its cure; all but "available" may be accepted by name, with a typed reason.
 */
import { own, verdictOf } from '../src/rules/step.ts'
import { carrierText, readCarrier } from './carrier.ts'
import { ALONE, group, lookAtGroup, peersOf } from './06-group.ts'
import { trapsOf, trapsText } from './06-traps.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { unlessUntold, untold, type Untold } from './soft.ts'
import { instant, localTime, reasonsOf } from './text.ts'
import { nextWindow } from './window.ts'

const action = z.object({ action: z.string(), optIn: z.optional(z.string()) })

const facts = z.object({
  basis: z.object({
    status: z.string(),
    pendingCa: z.optional(z.string()),
    pending: z.record(z.string(), z.string()),
    pendingReboot: z.array(z.string()),
    maintenance: z.array(action),
    group: z._default(group, ALONE),
    /** What AWS would not tell. */
    untold: z._default(z.array(untold), []),
  }),
  detail: z.object({
    at: z.number(),
    maintenanceWindow: z.optional(z.string()),
    nextWindow: z.optional(z.number()),
    backupWindow: z.optional(z.string()),
    automaticRestart: z.optional(z.number()),
    multiAz: z.boolean(),
    maintenance: z.array(
      z.object({ action: z.string(), description: z.optional(z.string()), applyDate: z.optional(z.number()) }),
    ),
  }),
})
export type PreflightFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  ...trapsText,
  'saw-status': {
    says: '{status}; backup window {backup} UTC; Multi-AZ: {multiAz}.',
    cure: '',
  },
  'saw-window': { says: 'Maintenance window {window} UTC: next {next} ({local}).', cure: '' },
  'saw-no-window': { says: 'AWS gives no maintenance window.', cure: '' },
  'saw-maintenance': { says: 'Maintenance: {action}, {description}, to be applied {date}.', cure: '' },
  'saw-role': { says: 'It is the {role} of {cluster}; with it: {others}.', cure: '' },
} as const
const { reason } = reasonsOf(text)

export const preflight = step({
  id: 'preflight',
  version: 2,
  number: '06',
  on: 'database',
  title: 'Preflight',
  why: '"Apply immediately" applies everything that is pending, not only the CA, and a restart switches on every parameter that waits for one. Surprises are found before, not after.',
  source:
    'API: ModifyDBInstance (ApplyImmediately), DescribePendingMaintenanceActions; Amazon RDS User Guide: Maintaining a DB instance',
  needs: { identify: own('identify') },
  asks: ['target', 'timing'],
  looksFirst: true,
  cheap: true,
  maxAge: 15 * 60_000,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, about, _given, _decided, signal) {
    const { control } = world
    const list: Untold[] = []
    const record = await readCarrier(world, about, signal)
    const [own, seen] = await Promise.all([
      unlessUntold(control.maintenance(record.arn, signal), list, signal),
      lookAtGroup(world, record, list, signal),
    ])
    // An update of its cluster restarts it too, and AWS lists it under the cluster's ARN. Who may not read the one may not read the other.
    const above = record.kind === 'database' && own ? seen.cluster?.arn : undefined
    const ofItsCluster = above === undefined ? [] : await unlessUntold(control.maintenance(above, signal), list, signal)
    const maintenance = [...(own ?? []), ...(ofItsCluster ?? [])]
    const groups = record.parameterGroups.filter((one) => one.applyStatus === 'pending-reboot').map((one) => one.name)
    const member = seen.cluster?.members.find(({ id }) => id === record.id)
    const ofCluster =
      member?.parameterGroupStatus === 'pending-reboot' ? seen.cluster?.clusterParameterGroup : undefined
    const window = nextWindow(record.maintenanceWindow, world.now())
    return {
      basis: {
        status: record.status,
        ...(record.pendingCa && { pendingCa: record.pendingCa }),
        pending: { ...record.pendingOther },
        pendingReboot: [...groups, ...(ofCluster ? [ofCluster] : [])],
        maintenance: maintenance
          .map((one) => ({ action: one.action, ...(one.optIn && { optIn: one.optIn }) }))
          .sort((a, b) => (a.action < b.action ? -1 : 1)),
        group: seen.group,
        untold: list.sort((a, b) => (a.operation < b.operation ? -1 : 1)),
      },
      detail: {
        at: world.now(),
        multiAz: record.kind === 'cluster' || record.multiAz,
        ...(record.maintenanceWindow && { maintenanceWindow: record.maintenanceWindow }),
        ...(window !== undefined && { nextWindow: window }),
        ...(record.backupWindow && { backupWindow: record.backupWindow }),
        ...(record.automaticRestart !== undefined && { automaticRestart: record.automaticRestart }),
        maintenance: maintenance.map((one) => ({
          action: one.action,
          ...(one.description && { description: one.description }),
          ...(one.currentApply !== undefined && { applyDate: one.currentApply }),
        })),
      },
    }
  },

  tells({ basis, detail }) {
    const { role, cluster, others } = basis.group
    const { nextWindow: next, maintenanceWindow: window } = detail
    return [
      reason('saw-status', {
        status: basis.status,
        backup: detail.backupWindow ?? 'none',
        multiAz: detail.multiAz ? 'yes' : 'no',
      }),
      window === undefined || next === undefined
        ? reason('saw-no-window')
        : reason('saw-window', { window, next: instant(next), local: localTime(next) }),
      ...(others.length > 0
        ? [
            reason('saw-role', {
              role,
              cluster: cluster ?? 'its replication',
              others: others.map(
                (one) => `${one.as} ${one.name} (${one.ca ?? 'not told'}, ${one.status ?? 'not told'})`,
              ),
            }),
          ]
        : []),
      ...detail.maintenance.map(({ action: what, description = 'no description', applyDate }) =>
        reason('saw-maintenance', {
          action: what,
          description,
          date: applyDate === undefined ? 'at no date yet' : instant(applyDate),
        }),
      ),
    ]
  },

  judge(saw, { identify }, decided, _now, about) {
    const { shortfalls, notes } = trapsOf(saw, identify, decided, about)
    return verdictOf(shortfalls, notes)
  },

  peers: ({ basis }, about) => peersOf(basis.group, about),

  /** Others rest on who else there is, not on how far each of them is: a plan for a whole cluster changes that by its own requests. */
  bears: ({ basis }) => ({
    ...basis,
    group: { ...basis.group, others: basis.group.others.map(({ name, id, as }) => ({ name, id, as })) },
  }),
})
