/** Every trap that stands before a change, each a check of its own with a cure. What fleets carry for ever is accepted by name. */
import type { Decisions } from '../src/rules/decisions.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import type { About } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import type { IdentifyFacts } from './01-identify.ts'
import type { PreflightFacts } from './06-preflight.ts'
import { peersOf, type Group } from './06-group.ts'
import { isStopped, startCommand } from './carrier.ts'
import { CERTIFICATE_ACTIONS } from './maintenance.ts'
import { reasonsOf, until } from './text.ts'

export const trapsText = {
  'not-available': {
    says: 'It is "{status}", not available: AWS takes no modification now.',
    cure: 'Wait until it is available, then look again.',
  },
  stopped: {
    says: 'It is stopped ({status}): AWS takes no modification, and starts it by itself {restart}.',
    cure: 'Start it ({command}), then look again; its maintenance windows pass unused while it is stopped.',
  },
  upgrading: {
    says: 'An upgrade is in progress ({status}).',
    cure: 'Wait until it is available, then look again: the new version may support other CAs.',
  },
  'storage-busy': {
    says: 'Its storage is being worked on ({status}).',
    cure: 'Wait until it is available: that can take hours. Make room first where the storage is full.',
  },
  'pending-change': {
    says: 'Another modification is pending: {name} = {value}. "Now" would apply it together with the CA.',
    cure: 'Apply or cancel it first, choose the maintenance window, or accept it by name.',
  },
  'pending-in-window': {
    says: '{name} = {value} is pending too, and comes in the same maintenance window.',
    cure: 'Nothing to do, if that is meant.',
  },
  'pending-ca': {
    says: 'A change to the CA {ca} is pending already, made outside this rotation: it goes live in the window, or at any restart where it is staged.',
    cure: 'Find out who asked for it. Let it come, or cancel it, then look again.',
  },
  'pending-reboot': {
    says: 'The parameter group {group} has changes that wait for a reboot: a restart would switch them on.',
    cure: 'Reboot for them on an occasion of their own, or accept it by name.',
  },
  'pending-reboot-stays': {
    says: 'The parameter group {group} has changes that wait for a reboot. This change restarts nothing.',
    cure: '',
  },
  'maintenance-due': {
    says: 'AWS has maintenance pending for it: {action}.',
    cure: 'Let it happen first, or accept it by name.',
  },
  'certificate-offered': { says: 'AWS offers a certificate action of its own: {action}.', cure: '' },
  'opted-in': {
    says: '{action} is opted in for the next maintenance window: AWS changes the certificate then, whatever is done here.',
    cure: 'Undo it by a cancellation, let it come first, or accept it by name.',
  },
  'opted-in-now': {
    says: '{action} is opted in to be applied at once, which cannot be undone: AWS may restart it at any moment.',
    cure: 'Wait until AWS has done it, then look again; or accept it by name.',
  },
  'no-restart-flag': {
    says: 'A Multi-AZ DB cluster cannot be changed "without restart": ModifyDBCluster has no such flag.',
    cure: 'Decide when: now, or in the maintenance window.',
  },
  'replicas-first': {
    says: 'Its replicas are not on {target} yet: {names}. Replicas and readers come first: fewer clients meet the new root there.',
    cure: 'Rotate them first, or accept the other order by name.',
  },
  'readers-first': {
    says: 'It is the writer of {cluster}, and these readers are not on {target} yet: {names}.',
    cure: 'Rotate the readers first, or accept the other order by name.',
  },
  'other-under-way': {
    says: 'Another one for the same clients is under way: {name} is "{status}".',
    cure: 'Wait until it is available: one at a time.',
  },
  'other-pending': {
    says: 'Another one for the same clients has a change to the CA {ca} pending: {name}.',
    cure: 'Let it come or cancel it first, or accept by name that both are pending.',
  },
  'half-rotated': {
    says: '{cluster} is half rotated: on {target} are {done}; not yet {left}. A client may land on either.',
    cure: 'Go on until all are.',
  },
  'global-cluster': {
    says: 'It belongs to a global database with other Regions: {regions}. Their roots are others, under the same names.',
    cure: 'Clients that may land there need those Regions’ roots too (the global bundle holds them): make sure of it, and accept it by name.',
  },
  'other-region': {
    says: 'It replicates with {names}, in another Region: the roots there are others, under the same names.',
    cure: 'Rotate them with that Region’s own bundle.',
  },
  'blue-green': {
    says: 'A Blue/Green deployment holds it: {name} ({status}). At its switchover the green one takes this name, with the CA that it has.',
    cure: 'Finish or delete the deployment first, or rotate the green one too and accept it by name.',
  },
  babelfish: {
    says: 'It speaks Babelfish: AWS wants it rebooted after the change, or its SQL Server port goes on serving the old certificate.',
    cure: 'Reboot it after 08, on an occasion of your choice.',
  },
  'could-not-learn': {
    says: 'AWS would not tell ({operation}: {why}): what stands in the way there is not known.',
    cure: 'Add the permission to the policy of the profile in use and look again, or accept it by name.',
  },
} as const
const { reason, short } = reasonsOf(trapsText)

export interface Traps {
  readonly shortfalls: Shortfall[]
  readonly notes: Reason[]
}

/** What of it is not as it has to be, and what is to be known. Arguments are whole and steady: each may be accepted by name. */
export function trapsOf(
  { basis, detail }: PreflightFacts,
  identify: IdentifyFacts,
  { target, timing }: Pick<Decisions, 'target' | 'timing'>,
  about: About,
): Traps {
  const traps: Traps = { shortfalls: [], notes: [] }
  const { shortfalls, notes } = traps
  if (basis.status !== 'available') shortfalls.push(notAvailable(basis.status, identify, detail.automaticRestart))
  if (timing === 'without-restart' && identify.basis.kind === 'multi-az-cluster')
    shortfalls.push(short('no-restart-flag', 'proof'))
  if (basis.pendingCa) shortfalls.push(short('pending-ca', 'waiver', { ca: basis.pendingCa }))
  for (const [name, value] of Object.entries(basis.pending))
    if (timing === 'window') notes.push(reason('pending-in-window', { name, value }))
    else shortfalls.push(short('pending-change', 'waiver', { name, value }))
  for (const parameters of basis.pendingReboot)
    if (identify.basis.restarts === 'no') notes.push(reason('pending-reboot-stays', { group: parameters }))
    else shortfalls.push(short('pending-reboot', 'waiver', { group: parameters }))
  maintenanceTraps(basis, traps)
  groupTraps(basis.group, about, target.ca, traps)
  for (const { operation, why } of basis.untold) shortfalls.push(short('could-not-learn', 'waiver', { operation, why }))
  return traps
}

function notAvailable(status: string, { basis }: IdentifyFacts, automaticRestart: number | undefined): Shortfall {
  // Never accepted: AWS takes no modification then.
  if (isStopped(status)) {
    const command = startCommand(basis.kind, basis)
    const restart =
      automaticRestart === undefined ? 'after seven days' : `at ${new Date(automaticRestart).toISOString()}`
    return short('stopped', 'proof', { status, command, restart })
  }
  if (/upgrad/.test(status)) return short('upgrading', 'proof', { status })
  if (status.startsWith('storage-')) return short('storage-busy', 'proof', { status })
  return short('not-available', 'proof', { status })
}

function maintenanceTraps({ maintenance }: PreflightFacts['basis'], { shortfalls, notes }: Traps): void {
  for (const { action, optIn } of maintenance) {
    if (optIn === 'immediate') shortfalls.push(short('opted-in-now', 'waiver', { action }))
    else if (!CERTIFICATE_ACTIONS.has(action)) shortfalls.push(short('maintenance-due', 'waiver', { action }))
    else if (optIn === 'next-maintenance') shortfalls.push(short('opted-in', 'waiver', { action }))
    // A new certificate is what a rotation brings: an offer of one is no obstacle to it.
    else notes.push(reason('certificate-offered', { action }))
  }
}

/** A member that AWS is working on; one that is stopped or failed for good holds nobody up. */
const WORKED_ON = /ing$|^storage-optimization$|^renaming|^resetting/
const NOT_WORKED_ON = new Set(['stopping', 'deleting'])

function groupTraps(seen: Group, about: About, target: string, { shortfalls, notes }: Traps): void {
  const { role, cluster = '', others, elsewhere, globalRegions, blueGreen, babelfish } = seen
  const names = (list: typeof others) => list.map(({ name }) => name)
  const subjects = (list: typeof others) => peersOf({ ...seen, others: list }, about).map(({ subject }) => subject)
  const left = (as: string) => others.filter((one) => one.as === as && one.ca !== undefined && one.ca !== target)
  const replicas = left('replica')
  const readers = role === 'writer' ? left('reader') : []
  if (replicas.length > 0)
    shortfalls.push(until(subjects(replicas), short('replicas-first', 'waiver', { target, names: names(replicas) })))
  if (readers.length > 0)
    shortfalls.push(
      until(subjects(readers), short('readers-first', 'waiver', { cluster, target, names: names(readers) })),
    )
  for (const one of others) {
    const { name, status = '', pendingCa } = one
    if (WORKED_ON.test(status) && !NOT_WORKED_ON.has(status))
      shortfalls.push(until(subjects([one]), short('other-under-way', 'waiver', { name, status })))
    else if (pendingCa)
      shortfalls.push(until(subjects([one]), short('other-pending', 'waiver', { name, ca: pendingCa })))
  }
  const members = others.filter(({ as }) => as === 'reader' || as === 'writer')
  const done = members.filter(({ ca }) => ca === target)
  const behind = [about.name, ...names(members.filter(({ ca }) => ca !== target))]
  if (done.length > 0) notes.push(reason('half-rotated', { cluster, target, done: names(done), left: behind }))
  if (globalRegions.length > 0) shortfalls.push(short('global-cluster', 'waiver', { regions: globalRegions }))
  if (elsewhere.length > 0) notes.push(reason('other-region', { names: elsewhere }))
  if (blueGreen) shortfalls.push(short('blue-green', 'waiver', blueGreen))
  if (babelfish) notes.push(reason('babelfish'))
}
