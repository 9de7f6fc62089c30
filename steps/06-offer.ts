/**
 * 06 Offer (leaf renewal): does AWS offer a new server certificate under the same CA?
 *
 * Looks at: the pending maintenance actions of the database.
 * Proven when: a new server certificate is offered and the CA stays: by `server-certificate-rotation`, or by `ca-certificate-rotation` where
 * AWS's own description names the present CA and no other. Otherwise the latter may change the root: that is a CA change, and is gated as
 * one. Not applicable where the engine takes a new certificate without a restart: AWS renews silently there, and there is nothing to
 * send. Before AWS offers it (at half of the certificate's life, or three months before its end) it waits.
 */
import { own, PROVEN, verdictOf } from '../src/rules/step.ts'
import { carrierText, readCarrier } from './carrier.ts'
import { step } from './facts.ts'
import { CA_ROTATION, keepsRoot, RENEWAL } from './maintenance.ts'
import { reader, z } from './shapes.ts'
import { day, reasonsOf } from './text.ts'

const DAY = 24 * 60 * 60_000

const facts = z.object({
  basis: z.object({
    actions: z.array(z.string()),
    /** The action that renews the server certificate and keeps the CA. */
    renews: z.optional(z.string()),
  }),
  detail: z.object({
    at: z.number(),
    autoAppliedAfter: z.optional(z.number()),
    forcedApply: z.optional(z.number()),
    optIn: z.optional(z.string()),
  }),
})
export type OfferFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  'renews-silently': {
    says: 'This engine takes a new certificate without a restart: AWS renews it silently, and there is nothing to send.',
    cure: 'Nothing to do.',
  },
  'not-offered': {
    says: 'AWS does not offer a new certificate yet.',
    cure: 'Wait: it does at half of the present one’s life, or three months before its end.',
  },
  'may-change-root': {
    says: 'AWS offers ca-certificate-rotation, which may change the root: that is no renewal.',
    cure: 'Begin a ca-change for this database.',
  },
  'saw-offer': {
    says: 'Offered: {actions}. AWS applies it by itself after {auto}, and forces it on {forced}.',
    cure: '',
  },
} as const
const { reason, short } = reasonsOf(text)

export const offer = step({
  id: 'offer',
  version: 1,
  number: '06',
  on: 'database',
  title: 'Wait for AWS’s offer',
  why: 'On engines that must restart for it, AWS offers a new server certificate as maintenance and applies it by itself when nobody does. Taking it up at a chosen hour is better than being restarted.',
  source: 'Amazon RDS User Guide: Automatic server certificate rotation; API: DescribePendingMaintenanceActions',
  needs: { identify: own('identify') },
  asks: [],
  cheap: true,
  maxAge: 60 * 60_000,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  applies: ({ identify }) => (identify?.basis.restarts === 'no' ? reason('renews-silently') : undefined),

  async look(world, about, { identify }, _decided, signal) {
    const { arn } = await readCarrier(world, about, signal)
    const actions = await world.control.maintenance(arn, signal)
    const offered = actions.find((one) => keepsRoot(one, identify.basis.ca))
    return {
      basis: { actions: actions.map(({ action }) => action).sort(), ...(offered && { renews: offered.action }) },
      detail: {
        at: world.now(),
        ...(offered?.autoAppliedAfter !== undefined && { autoAppliedAfter: offered.autoAppliedAfter }),
        ...(offered?.forcedApply !== undefined && { forcedApply: offered.forcedApply }),
        ...(offered?.optIn !== undefined && { optIn: offered.optIn }),
      },
    }
  },

  tells: ({ basis, detail }) => [
    reason('saw-offer', {
      actions: basis.actions.length > 0 ? basis.actions : ['nothing'],
      auto: day(detail.autoAppliedAfter),
      forced: day(detail.forcedApply),
    }),
  ],

  judge({ basis, detail }) {
    // Facts from before `renews` was told name the one action that always does.
    if (basis.renews ?? basis.actions.includes(RENEWAL)) return PROVEN
    if (basis.actions.includes(CA_ROTATION)) return verdictOf([short('may-change-root', 'proof')])
    return { kind: 'waiting', reason: reason('not-offered'), lookAgainAt: detail.at + DAY }
  },
})
