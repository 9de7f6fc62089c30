/**
 * 07 Modify: the one change.
 *
 * Sends: ModifyDBInstance (ModifyDBCluster for a Multi-AZ DB cluster, which carries the CA itself) with the target CA — now, in the next
 * maintenance window, or (only an instance, and only where a restart is needed) now and without restart. It is possible only while every proof of 01 to 06 holds, and after somebody typed the database's name for exactly
 * this request. It is never waived, never retried, never sent twice blindly.
 * Immediately before, the database is read once more: if anybody changed it since 01, nothing is sent.
 * It is proven by its receipt, which does not age.
 */
import { own, ownIfLooked, PROVEN } from '../src/rules/step.ts'
import type { World } from '../src/ports/world.ts'
import type { Change } from '../src/rules/change.ts'
import type { Reason } from '../src/rules/words.ts'
import { callOf } from './01-identify.ts'
import { lookAtGroup, type Group } from './06-group.ts'
import { carrierText, readCarrier, type Carrier } from './carrier.ts'
import { step } from './facts.ts'
import { receipt, receiptTells, receiptText, type Receipt } from './receipt.ts'
import { reader } from './shapes.ts'
import { unlessUntold } from './soft.ts'
import { reasonsOf } from './text.ts'

export type ModifyFacts = Receipt

const text = {
  ...receiptText,
  ...carrierText,
  'already-on-target': {
    says: 'It is on {target} already: there is nothing to send.',
    cure: 'Go on to 09 and verify the wire.',
  },
  'changed-outside': {
    says: 'A change to {target} is pending or under way, made outside this runbook.',
    cure: 'Follow it at 08. Clients that are not proven yet are urgent now.',
  },
  'changed-by-aws': {
    says: 'AWS’s own {action} is on its way ({optIn}): it changes the CA without this runbook.',
    cure: 'Follow it at 08. Clients that are not proven yet are urgent now. While it waits for the window, a cancellation undoes it.',
  },
  'ca-changed': {
    says: 'Its CA is {found} now and was {expected} when it was identified: somebody changed it.',
    cure: 'Nothing was sent. Look at 01 again.',
  },
  'ca-pending': {
    says: 'A change to {ca} has become pending since it was identified: somebody asked for it.',
    cure: 'Nothing was sent. Look at 01 again.',
  },
  'status-changed': {
    says: 'It is "{status}" now: AWS would not take the change.',
    cure: 'Nothing was sent. Look at 06 again when it is available.',
  },
  'pending-appeared': {
    says: 'Another modification is pending now: {name} = {value}.',
    cure: 'Nothing was sent. Look at 06 again.',
  },
  'role-changed': {
    says: 'It is the {found} of its cluster now, and was the {expected} when it was looked at: there was a failover.',
    cure: 'Nothing was sent. Look at 06 again: it may not be its turn.',
  },
  'members-changed': {
    says: 'Its cluster has other members now: {found}.',
    cure: 'Nothing was sent. Look at 06 again.',
  },
  'member-busy': {
    says: '{name}, for the same clients, is "{status}" now, on {ca}.',
    cure: 'Nothing was sent. Wait until it is available: one at a time.',
  },
  arrived: { says: 'AWS shows {ca} as {state}.', cure: 'Nothing to do.' },
} as const
const { reason } = reasonsOf(text)

/** What has changed around it since 06: a failover, a reader that was scaled in or out, another member that AWS is working on. */
async function groupMoved(world: World, record: Carrier, before: Group, signal: AbortSignal): Promise<Reason[]> {
  const { group: now } = await lookAtGroup(world, record, [], signal)
  const reasons: Reason[] = []
  if (now.role !== before.role) reasons.push(reason('role-changed', { found: now.role, expected: before.role }))
  const names = ({ others }: Group) => others.map(({ name }) => name)
  if (names(now).join() !== names(before).join()) reasons.push(reason('members-changed', { found: names(now) }))
  for (const { name, status = 'not told', ca = 'no CA that is told' } of now.others) {
    const was = before.others.find((one) => one.name === name)
    if (was && (was.status !== status || was.ca !== ca)) reasons.push(reason('member-busy', { name, status, ca }))
  }
  return reasons
}

export const modify = step({
  id: 'modify',
  version: 1,
  number: '07',
  on: 'database',
  title: 'Modify the CA',
  why: 'This is the moment that breaks every client which does not trust the new root. It is one request, shown exactly as it will be sent.',
  source: 'API: ModifyDBInstance (CACertificateIdentifier, ApplyImmediately, CertificateRotationRestart)',
  needs: {
    identify: own('identify'),
    census: ownIfLooked('census'),
    bundle: own('bundle'),
    stores: ownIfLooked('trust-stores'),
    storesBack: ownIfLooked('stores-back'),
    expired: ownIfLooked('expired'),
    staging: ownIfLooked('staging'),
    preflight: own('preflight'),
  },
  asks: ['target', 'timing'],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(receipt),

  applies({ identify }, { target }) {
    if (!identify) return undefined
    if (identify.detail.pendingCa === target.ca)
      return { ...reason('changed-outside', { target: target.ca }), urgent: true }
    if (identify.basis.ca === target.ca && !identify.detail.pendingCa)
      return reason('already-on-target', { target: target.ca })
    const { optedIn } = identify.detail
    // Where AWS does not say to which CA, it may be this one: whoever is not proven is urgent all the same.
    if (optedIn && !optedIn.keepsRoot && (optedIn.to ?? target.ca) === target.ca)
      return { ...reason('changed-by-aws', { action: optedIn.action, optIn: optedIn.optIn }), urgent: true }
    return undefined
  },

  tells: receiptTells,

  judge: () => PROVEN,

  change({ subject }, { identify }, { target, timing }): Change {
    const { region, resourceId, name, kind, restarts } = identify.basis
    const common = { CACertificateIdentifier: target.ca, ApplyImmediately: timing !== 'window' }
    const where = { world: subject.world, region, resourceId }
    if (callOf(kind) === 'ModifyDBCluster')
      return { api: 'ModifyDBCluster', ...where, input: { DBClusterIdentifier: name, ...common } }
    // AWS restarts by default where the engine needs it, and refuses the flag without the CA: it is sent only to say "not now".
    const withhold = timing === 'without-restart' && restarts !== 'no'
    return {
      api: 'ModifyDBInstance',
      ...where,
      input: { DBInstanceIdentifier: name, ...common, ...(withhold && { CertificateRotationRestart: false }) },
    }
  },

  async lastLook(world, about, { identify, preflight }, _decided, signal) {
    const now = await readCarrier(world, about, signal)
    const reasons: Reason[] = []
    if (now.ca !== identify.basis.ca) reasons.push(reason('ca-changed', { found: now.ca, expected: identify.basis.ca }))
    if (now.pendingCa && now.pendingCa !== preflight.basis.pendingCa)
      reasons.push(reason('ca-pending', { ca: now.pendingCa }))
    if (now.status !== 'available') reasons.push(reason('status-changed', { status: now.status }))
    for (const [name, value] of Object.entries(now.pendingOther))
      if (preflight.basis.pending[name] !== value) reasons.push(reason('pending-appeared', { name, value }))
    return [...reasons, ...(await groupMoved(world, now, preflight.basis.group, signal))]
  },

  async arrived(world, about, change, signal, since) {
    const now = await readCarrier(world, about, signal)
    const ca = String(change.input['CACertificateIdentifier'] ?? '')
    if (now.ca === ca) return reason('arrived', { ca, state: 'in force' })
    if (now.pendingCa === ca) return reason('arrived', { ca, state: 'pending' })
    // Before the database shows it, AWS's record of calls may: the very call, for this CA, taken. Who may not read it waits.
    const calls = await unlessUntold(world.control.changeEvents(now.id, since, signal), [], signal)
    const taken = calls?.some((one) => one.api === change.api && one.ca === ca && one.errorCode === undefined)
    return taken ? reason('arrived', { ca, state: 'asked for, by CloudTrail' }) : undefined
  },
})
