/**
 * 08 Cancelled (cancellation): is it taken back?
 *
 * Looks at: the instance's CA and pending values.
 * Proven when: nothing of the CA is pending, and the CA is the one that it was. When the change was quicker, that is said: it is live.
 */
import { own, ownIfLooked, PROVEN, verdictOf, type Verdict } from '../src/rules/step.ts'
import { carrierText, readCarrier } from './carrier.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { reasonsOf } from './text.ts'

const facts = z.object({
  basis: z.object({
    status: z.string(),
    ca: z.string(),
    pendingCa: z.optional(z.string()),
    /** The certificate action of AWS's own that is still opted in. */
    optedIn: z.optional(z.string()),
  }),
  detail: z.object({ at: z.number(), lookAgainAfter: z.number() }),
})
export type CancelledFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  'too-late': {
    says: 'Its CA is {ca} now: the change was quicker.',
    cure: 'Begin a ca-change to it: the wire is verified at 09. A rollback is a sequence of its own.',
  },
  'still-pending': { says: 'AWS still shows {ca} as pending ({status}).', cure: 'Wait: the runbook keeps looking.' },
  'still-opted-in': { says: 'AWS still shows {action} as opted in.', cure: 'Wait: AWS’s list trails by minutes.' },
  'saw-state': { says: '{status}; CA {ca}; pending {pending}.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

export const cancelled = step({
  id: 'cancelled',
  version: 1,
  number: '08',
  on: 'database',
  title: 'See that it is taken back',
  why: 'AWS answers at once and may do otherwise. Only what it shows afterwards tells that nothing will go live.',
  source: 'API: DescribeDBInstances (PendingModifiedValues)',
  needs: { identify: own('identify'), cancel: ownIfLooked('cancel') },
  asks: [],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, about, { cancel }, _decided, signal) {
    const { status, ca, pendingCa, arn } = await readCarrier(world, about, signal)
    // Only where an opt-in was undone is AWS's list asked for: who may not read it has nothing of it to wait for.
    const undone = cancel?.basis.change.input['ApplyAction']
    const actions = undone === undefined ? [] : await world.control.maintenance(arn, signal)
    const optedIn = actions.find(({ action, optIn }) => action === undone && optIn === 'next-maintenance')?.action
    return {
      basis: { status, ca, ...(pendingCa && { pendingCa }), ...(optedIn && { optedIn }) },
      detail: { at: world.now(), lookAgainAfter: world.pollEvery },
    }
  },

  tells: ({ basis: { status, ca, pendingCa } }) => [
    reason('saw-state', { status, ca, pending: pendingCa ?? 'nothing' }),
  ],

  judge({ basis: { status, ca, pendingCa, optedIn }, detail }, { identify }): Verdict {
    if (ca !== identify.basis.ca) return verdictOf([short('too-late', 'proof', { ca })])
    const lookAgainAt = detail.at + detail.lookAgainAfter
    if (optedIn) return { kind: 'waiting', reason: reason('still-opted-in', { action: optedIn }), lookAgainAt }
    if (!pendingCa) return PROVEN
    return { kind: 'waiting', reason: reason('still-pending', { ca: pendingCa, status }), lookAgainAt }
  },
})
