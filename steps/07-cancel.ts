/**
 * 07 Cancel (cancellation): take back a change that waits for its window or a restart.
 *
 * Sends: ModifyDBInstance with the CA that the database has now, which takes the pending one back. Not immediately: "now" would apply
 * everything else that is pending. It rests on 01 alone: giving up a change needs no proof.
 * Immediately before, the database is read once more: if the change has begun, nothing is sent.
 * AWS does not document this; it is what operators do (and what this sequence verifies at 08).
 */
import type { Change } from '../src/rules/change.ts'
import { own, PROVEN } from '../src/rules/step.ts'
import { sameDatabase } from './01-identify.ts'
import { step } from './facts.ts'
import { receipt, receiptTells, receiptText, type Receipt } from './receipt.ts'
import { reader } from './shapes.ts'
import { reasonsOf } from './text.ts'

export type CancelFacts = Receipt

const text = {
  ...receiptText,
  'nothing-pending': { says: 'No change of its CA is pending: there is nothing to cancel.', cure: 'Nothing to do.' },
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
  source: 'API: ModifyDBInstance (CACertificateIdentifier); practice, not documented by AWS',
  needs: { identify: own('identify') },
  asks: [],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(receipt),

  applies: ({ identify }) => (identify && !identify.detail.pendingCa ? reason('nothing-pending') : undefined),

  tells: receiptTells,

  judge: () => PROVEN,

  change: ({ subject }, { identify }): Change => ({
    api: 'ModifyDBInstance',
    world: subject.world,
    region: identify.basis.region,
    resourceId: identify.basis.resourceId,
    input: {
      DBInstanceIdentifier: identify.basis.name,
      CACertificateIdentifier: identify.basis.ca,
      ApplyImmediately: false,
    },
  }),

  async lastLook(world, about, { identify }, _decided, signal) {
    const now = await sameDatabase((name, inTime) => world.control.database(name, inTime), about, signal)
    if (!now.pendingCa) return [reason('nothing-pending')]
    const begun = now.status !== 'available' || now.ca !== identify.basis.ca
    return begun ? [reason('has-begun', { status: now.status, ca: now.ca })] : []
  },

  async arrived(world, about, _change, signal) {
    const now = await sameDatabase((name, inTime) => world.control.database(name, inTime), about, signal)
    return now.pendingCa ? undefined : reason('arrived')
  },
})
