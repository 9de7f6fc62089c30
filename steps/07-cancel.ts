/**
 * 07 Cancel (cancellation): take back a change that waits for its window or a restart.
 *
 * Sends: ModifyDBInstance (or ModifyDBCluster) with the CA that it has now, which takes the pending one back; or, where a certificate
 * action of AWS's own is opted in for the next window, ApplyPendingMaintenanceAction with undo-opt-in. Not immediately: "now" would
 * apply everything else that is pending. It rests on 01 alone: giving up a change needs no proof. What is opted in to be applied at once
 * cannot be undone.
 * Immediately before, the database is read once more: if the change has begun, nothing is sent.
 * That modifying back clears what is pending AWS does not document; it is what operators do (and what this sequence verifies at 08).
 */
import type { Change } from '../src/rules/change.ts'
import type { World } from '../src/ports/world.ts'
import { own, PROVEN } from '../src/rules/step.ts'
import { callOf } from './01-identify.ts'
import { carrierText, readCarrier } from './carrier.ts'
import { step } from './facts.ts'
import { receipt, receiptTells, receiptText, type Receipt } from './receipt.ts'
import { reader } from './shapes.ts'
import { reasonsOf } from './text.ts'

export type CancelFacts = Receipt

/** The one opt-in that can be undone. */
const UNDOABLE = 'next-maintenance'

const text = {
  ...receiptText,
  ...carrierText,
  'nothing-pending': { says: 'No change of its CA is pending: there is nothing to cancel.', cure: 'Nothing to do.' },
  'cannot-be-undone': {
    says: '{action} is opted in to be applied at once: that cannot be undone.',
    cure: 'Nothing to send. Follow it: AWS applies it by itself.',
  },
  'has-begun': {
    says: 'The change has begun ({status}; CA {ca}): it cannot be taken back any more.',
    cure: 'Nothing was sent. Follow it: look at 01 again; a rollback is a sequence of its own.',
  },
  arrived: { says: 'AWS shows no pending CA any more.', cure: 'Nothing to do.' },
} as const
const { reason } = reasonsOf(text)

export const cancel = step({
  id: 'cancel',
  version: 1,
  number: '07',
  on: 'database',
  title: 'Cancel the pending change',
  why: 'A change that waits goes live later, whether or not its proofs still hold then. While it waits, it can be taken back.',
  source:
    'API: ModifyDBInstance (CACertificateIdentifier), ApplyPendingMaintenanceAction (undo-opt-in); the former is practice, not documented by AWS',
  needs: { identify: own('identify') },
  asks: [],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(receipt),

  applies({ identify }) {
    if (!identify || identify.detail.pendingCa) return undefined
    const { optedIn } = identify.detail
    if (!optedIn) return reason('nothing-pending')
    return optedIn.optIn === UNDOABLE ? undefined : reason('cannot-be-undone', { action: optedIn.action })
  },

  tells: receiptTells,

  judge: () => PROVEN,

  change({ subject }, { identify }): Change {
    const { region, resourceId, name, kind, arn, ca } = identify.basis
    const { pendingCa, optedIn } = identify.detail
    const where = { world: subject.world, region, resourceId }
    if (!pendingCa && optedIn) {
      const input = { ResourceIdentifier: arn, ApplyAction: optedIn.action, OptInType: 'undo-opt-in' }
      return { api: 'ApplyPendingMaintenanceAction', ...where, input }
    }
    const back = { CACertificateIdentifier: ca, ApplyImmediately: false }
    return callOf(kind) === 'ModifyDBCluster'
      ? { api: 'ModifyDBCluster', ...where, input: { DBClusterIdentifier: name, ...back } }
      : { api: 'ModifyDBInstance', ...where, input: { DBInstanceIdentifier: name, ...back } }
  },

  async lastLook(world, about, { identify }, _decided, signal) {
    const now = await readCarrier(world, about, signal)
    const { pendingCa, optedIn } = identify.detail
    const waits = pendingCa
      ? now.pendingCa !== undefined
      : (await optInOf(world, now.arn, optedIn?.action, signal)) === UNDOABLE
    if (!waits) return [reason('nothing-pending')]
    const begun = now.status !== 'available' || now.ca !== identify.basis.ca
    return begun ? [reason('has-begun', { status: now.status, ca: now.ca })] : []
  },

  async arrived(world, about, change, signal) {
    const now = await readCarrier(world, about, signal)
    if (change.api === 'ApplyPendingMaintenanceAction') {
      const optIn = await optInOf(world, now.arn, String(change.input['ApplyAction']), signal)
      return optIn === UNDOABLE ? undefined : reason('arrived')
    }
    return now.pendingCa ? undefined : reason('arrived')
  },
})

/** How an action of AWS's own is opted in, if it is. */
async function optInOf(
  { control }: Pick<World, 'control'>,
  arn: string,
  action: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const actions = await control.maintenance(arn, signal)
  return actions.find((one) => one.action === action)?.optIn
}
