/**
 * 08 Settle: does the API agree that the change is done?
 *
 * Looks at: the instance's status, CA and pending values, and its events.
 * Proven when: it is available, nothing of the CA is pending, and the CA is the target. Told apart on the way: changing; waiting for the
 * maintenance window; armed — the new certificate is staged and goes live at any restart, planned or not, which is never "done".
 * Of a change that was made outside, CloudTrail tells which of these it is, where it may be read; of one of AWS's own, its list of maintenance.
 * "available" alone proves nothing: AWS shows it for a while after it took the request.
 */
import { own, ownIfLooked, PROVEN, verdictOf, type Verdict } from '../src/rules/step.ts'
import type { ChangeEventRecord } from '../src/ports/control-plane.ts'
import type { World } from '../src/ports/world.ts'
import type { Reason } from '../src/rules/words.ts'
import { carrierText, isStopped, readCarrier, startCommand, type Carrier } from './carrier.ts'
import { step } from './facts.ts'
import { optedInAmong } from './maintenance.ts'
import { reader, z } from './shapes.ts'
import { unlessUntold } from './soft.ts'
import { instant, reasonsOf } from './text.ts'
import { nextWindow } from './window.ts'

const facts = z.object({
  basis: z.object({
    status: z.string(),
    ca: z.string(),
    pendingCa: z.optional(z.string()),
    /** AWS's own action that is on its way, where nothing was sent from here. */
    byAws: z.optional(z.object({ action: z.string(), optIn: z.string() })),
  }),
  detail: z.object({
    at: z.number(),
    lookAgainAfter: z.number(),
    leafValidTill: z.optional(z.number()),
    nextWindow: z.optional(z.number()),
    events: z.array(z.object({ at: z.number(), message: z.string() })),
    /** Who asked for it, where it was not this runbook and CloudTrail may be read. */
    askedBy: z.optional(
      z.object({
        by: z.string(),
        api: z.string(),
        at: z.number(),
        comes: z.optional(z.enum(['in-window', 'at-restart'])),
      }),
    ),
  }),
})
export type SettleFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  'already-on-target': { says: 'It was on {target} before: nothing had to settle.', cure: 'Go on to 09.' },
  changing: { says: 'AWS is changing it ({status}).', cure: 'Wait: the runbook keeps looking.' },
  taken: {
    says: 'AWS took the request: {ca} is pending, and it has not begun ({status}).',
    cure: 'Wait: the runbook keeps looking.',
  },
  'not-visible-yet': {
    says: 'AWS took the request and does not show it yet ({status}, {ca}). This can last minutes.',
    cure: 'Wait: the runbook keeps looking.',
  },
  'waiting-for-window': {
    says: 'The change waits for the maintenance window.',
    cure: 'Wait for the window, or cancel it while there is time.',
  },
  'outside-waits': {
    says: 'The change to {ca} was made outside this runbook (by {by}) and waits: it goes live in the maintenance window, or at any restart where it is staged.',
    cure: 'Find out who asked for it. Prove what is urgent before it comes, or take it back with a cancellation.',
  },
  'outside-armed': {
    says: 'The change to {ca} was made outside this runbook (by {by}) without a restart. Armed: the new certificate is staged and goes live at any restart, planned or not.',
    cure: 'Prove what is urgent before anything restarts it, or take it back with a cancellation; then reboot it on an occasion of your choice.',
  },
  'outside-in-window': {
    says: 'The change to {ca} was made outside this runbook (by {by}) for the maintenance window.',
    cure: 'Prove what is urgent before the window opens, or take it back with a cancellation.',
  },
  'aws-in-window': {
    says: 'AWS’s own {action} is opted in to, and waits for the maintenance window.',
    cure: 'Prove what is urgent before the window opens, or take it back with a cancellation.',
  },
  'aws-has-begun': {
    says: 'AWS has begun with its own {action}, and the CA is {ca} still.',
    cure: 'Wait: the runbook keeps looking. What is urgent is urgent now.',
  },
  'outside-gone': {
    says: 'The change that was made outside this runbook is not pending any more, and its CA is {ca}.',
    cure: 'Somebody took it back. Look at 01 again.',
  },
  armed: {
    says: 'Armed: the new certificate is staged and goes live at any restart, planned or not. This is not done.',
    cure: 'Reboot it on an occasion of your choice, after 04 and 05 are known to hold still.',
  },
  failed: {
    says: 'The instance is "{status}".',
    cure: 'Read its events in the console; open a case with AWS. The certificate that is served now decides: look at 09 too.',
  },
  'saw-state': { says: '{status}; CA {ca}; pending {pending}.', cure: '' },
  'saw-asked': { says: 'Asked for by {by} with {api} at {at}, outside this runbook.', cure: '' },
  'saw-event': { says: '{at} {message}', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

const FAILED = new Set([
  'failed',
  'incompatible-parameters',
  'incompatible-restore',
  'incompatible-network',
  'inaccessible-encryption-credentials',
  'deleting',
])

/** How far back somebody's change is looked for: a week's window and a day. */
const LOOK_BACK = 8 * 24 * 60 * 60_000

/** Who asked for the CA that is pending or has come, by CloudTrail. Undefined where that is not to be read, or names nobody. */
async function askedFor(
  { control, now }: Pick<World, 'control' | 'now'>,
  { id, ca, pendingCa }: Carrier,
  signal: AbortSignal,
): Promise<ChangeEventRecord | undefined> {
  const changes = await unlessUntold(control.changeEvents(id, now() - LOOK_BACK, signal), [], signal)
  return changes?.find((one) => one.ca === (pendingCa ?? ca) && one.errorCode === undefined)
}

/** AWS's own change of the CA, where one is on its way. Who may not read it is told at 06. */
async function onItsWay(
  { control }: Pick<World, 'control'>,
  { arn, ca }: Carrier,
  signal: AbortSignal,
): Promise<SettleFacts['basis']['byAws']> {
  const actions = await unlessUntold(control.maintenance(arn, signal), [], signal)
  const optedIn = optedInAmong(actions ?? [], ca)
  return optedIn && !optedIn.keepsRoot ? { action: optedIn.action, optIn: optedIn.optIn } : undefined
}

const askedSays = ({ by, api, at }: NonNullable<SettleFacts['detail']['askedBy']>): Reason =>
  reason('saw-asked', { by, api, at: instant(at) })

/**
 * When a change that AWS shows as pending comes. DescribeDBInstances shows one that is staged and one that waits for the window alike;
 * only the request told them apart. Nothing where CloudTrail does not say it.
 */
function comesOf({ immediately, withoutRestart }: ChangeEventRecord) {
  if (withoutRestart && immediately) return { comes: 'at-restart' as const }
  return immediately === false ? { comes: 'in-window' as const } : {}
}

export const settle = step({
  id: 'settle',
  version: 1,
  number: '08',
  on: 'database',
  title: 'Wait until AWS agrees',
  why: 'AWS answers at once and works later. Until the CA is the target and nothing is pending, the old certificate may still be served, or the new one may come at the next restart.',
  source: 'API: DescribeDBInstances, DescribeEvents; Amazon RDS User Guide: Rotating your SSL/TLS certificate',
  needs: { identify: own('identify'), modify: ownIfLooked('modify') },
  asks: ['target'],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  applies: ({ identify, modify }, { target }) =>
    !modify && identify?.basis.ca === target.ca && !identify.detail.pendingCa
      ? reason('already-on-target', { target: target.ca })
      : undefined,

  async look(world, about, { modify }, _decided, signal) {
    const { control } = world
    const record = await readCarrier(world, about, signal)
    const since = modify?.detail.at ?? world.now() - 60 * 60_000
    // Events are colour, not evidence: a policy without rds:DescribeEvents must not stop a rotation that is under way.
    const events = (await unlessUntold(control.events(record, since, signal), [], signal)) ?? []
    const asked = modify ? undefined : await askedFor(world, record, signal)
    const byAws = modify ? undefined : await onItsWay(world, record, signal)
    const window = nextWindow(record.maintenanceWindow, world.now())
    return {
      basis: {
        status: record.status,
        ca: record.ca,
        ...(record.pendingCa && { pendingCa: record.pendingCa }),
        ...(byAws && { byAws }),
      },
      detail: {
        at: world.now(),
        lookAgainAfter: world.pollEvery,
        ...(record.leafValidTill !== undefined && { leafValidTill: record.leafValidTill }),
        ...(window !== undefined && { nextWindow: window }),
        events: events.map(({ at, message }) => ({ at, message })),
        ...(asked && { askedBy: { by: asked.by, api: asked.api, at: asked.at, ...comesOf(asked) } }),
      },
    }
  },

  tells: ({ basis: { status, ca, pendingCa }, detail }) => [
    reason('saw-state', { status, ca, pending: pendingCa ?? 'nothing' }),
    ...(detail.askedBy ? [askedSays(detail.askedBy)] : []),
    ...detail.events.map(({ at, message }) => reason('saw-event', { at: instant(at), message })),
  ],

  judge(
    { basis: { status, ca, pendingCa, byAws }, detail },
    { identify, modify },
    { target },
    _now,
    { name },
  ): Verdict {
    if (FAILED.has(status)) return verdictOf([short('failed', 'proof', { status })])
    // Nothing goes on while it is stopped, and nothing answers at 09.
    if (isStopped(status)) {
      const command = startCommand(identify.basis.kind, { ...identify.basis, name })
      return verdictOf([short('is-stopped', 'proof', { status, command })])
    }
    if (status === 'available' && ca === target.ca && !pendingCa) return PROVEN
    const soon = detail.at + detail.lookAgainAfter
    const wait = (why: Reason, lookAgainAt = soon): Verdict => ({ kind: 'waiting', reason: why, lookAgainAt })
    const input = modify?.basis.change.input
    if (!modify && status === 'available') {
      if (!pendingCa && byAws?.optIn === 'immediate') return wait(reason('aws-has-begun', { action: byAws.action, ca }))
      if (!pendingCa && byAws) return wait(reason('aws-in-window', { action: byAws.action }), detail.nextWindow ?? soon)
      if (!pendingCa) return verdictOf([short('outside-gone', 'proof', { ca })])
      const by = detail.askedBy?.by ?? 'somebody whom AWS does not name here'
      const args = { ca: pendingCa, by }
      if (detail.askedBy?.comes === 'at-restart') return wait(reason('outside-armed', args))
      if (detail.askedBy?.comes === 'in-window')
        return wait(reason('outside-in-window', args), detail.nextWindow ?? soon)
      return wait(reason('outside-waits', args))
    }
    if (pendingCa === target.ca && status === 'available') {
      if (input?.['CertificateRotationRestart'] === false) return wait(reason('armed'))
      if (input?.['ApplyImmediately'] !== true) return wait(reason('waiting-for-window'), detail.nextWindow ?? soon)
    }
    if (status === 'available' && pendingCa) return wait(reason('taken', { ca: pendingCa, status }))
    if (status === 'available' && ca !== target.ca && !pendingCa) return wait(reason('not-visible-yet', { status, ca }))
    return wait(reason('changing', { status }))
  },
})
