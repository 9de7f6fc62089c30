/**
 * 07 Renew (leaf renewal): take up AWS's offer.
 *
 * Sends: ApplyPendingMaintenanceAction for the action that 06 found to keep the CA, now or in the next maintenance window. An immediate opt-in cannot be
 * undone. It keeps the CA; the database restarts.
 * Immediately before, the database is read once more: still the same CA, still available, still offered.
 */
import type { Change } from '../src/rules/change.ts'
import { own, ownIfLooked, PROVEN } from '../src/rules/step.ts'
import { carrierText, readCarrier } from './carrier.ts'
import { keepsRoot, RENEWAL } from './maintenance.ts'
import { step } from './facts.ts'
import { receipt, receiptTells, receiptText, type Receipt } from './receipt.ts'
import { reader } from './shapes.ts'
import { reasonsOf } from './text.ts'

export type RenewFacts = Receipt

const text = {
  ...receiptText,
  ...carrierText,
  'renewed-by-aws': {
    says: 'AWS has begun with the renewal by itself: there is nothing to send.',
    cure: 'Follow it at 08. Clients that pin a certificate are urgent now.',
  },
  'nothing-to-send': { says: 'AWS renews this certificate by itself: there is nothing to send.', cure: 'Go on to 09.' },
  'ca-changed': {
    says: 'Its CA is {found} now and was {expected} when it was identified: somebody changed it.',
    cure: 'Nothing was sent. Look at 01 again.',
  },
  'status-changed': {
    says: 'It is "{status}" now: AWS would not take it.',
    cure: 'Nothing was sent. Look at 06 again when it is available.',
  },
  withdrawn: {
    says: 'AWS does not offer the renewal any more, or not as it was: it offers {found}.',
    cure: 'Nothing was sent. It may have been applied: look at 01 again.',
  },
  arrived: { says: 'AWS shows the renewal as {state}.', cure: 'Nothing to do.' },
} as const
const { reason } = reasonsOf(text)

export const renew = step({
  id: 'renew',
  version: 1,
  number: '07',
  on: 'database',
  title: 'Renew the server certificate',
  why: 'It restarts the database, once, at an hour that somebody chose. Left alone, AWS does it at an hour of its own.',
  source: 'API: ApplyPendingMaintenanceAction (server-certificate-rotation; immediate, next-maintenance)',
  needs: {
    identify: own('identify'),
    census: ownIfLooked('census'),
    bundle: own('bundle'),
    stores: ownIfLooked('trust-stores'),
    wire: ownIfLooked('own-endpoint'),
    preflight: own('preflight'),
    offer: ownIfLooked('offer'),
  },
  asks: ['target', 'timing'],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(receipt),

  applies({ identify }) {
    if (identify?.basis.restarts === 'no') return reason('nothing-to-send')
    const { optedIn } = identify?.detail ?? {}
    return optedIn?.keepsRoot && optedIn.optIn === 'immediate'
      ? { ...reason('renewed-by-aws'), urgent: true }
      : undefined
  },

  tells: receiptTells,

  judge: () => PROVEN,

  change({ subject }, { identify, offer }, { timing }): Change {
    return {
      api: 'ApplyPendingMaintenanceAction',
      world: subject.world,
      region: identify.basis.region,
      resourceId: identify.basis.resourceId,
      input: {
        ResourceIdentifier: identify.basis.arn,
        ApplyAction: offer?.basis.renews ?? RENEWAL,
        OptInType: timing === 'window' ? 'next-maintenance' : 'immediate',
      },
    }
  },

  async lastLook(world, about, { identify, offer }, _decided, signal) {
    const now = await readCarrier(world, about, signal)
    const offered = await world.control.maintenance(now.arn, signal)
    const reasons = []
    if (now.ca !== identify.basis.ca) reasons.push(reason('ca-changed', { found: now.ca, expected: identify.basis.ca }))
    if (now.status !== 'available') reasons.push(reason('status-changed', { status: now.status }))
    const renews = offer?.basis.renews ?? RENEWAL
    if (!offered.some((one) => one.action === renews && keepsRoot(one, now.ca)))
      reasons.push(reason('withdrawn', { found: offered.map(({ action }) => action) }))
    return reasons
  },

  async arrived(world, about, change, signal) {
    // A database that is renamed gets another ARN, and of the one that was sent AWS lists nothing any more.
    const { arn } = await readCarrier(world, about, signal)
    const sent = change.input['ApplyAction']
    const offered = (await world.control.maintenance(arn, signal)).find(({ action }) => action === sent)
    if (!offered) return reason('arrived', { state: 'done' })
    return offered.optIn ? reason('arrived', { state: offered.optIn }) : undefined
  },
})
