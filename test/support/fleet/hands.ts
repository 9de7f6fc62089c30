/**
 * What an operator does about each thing that the screen names. Each may be done only where the sentence that is shown names it: a cure
 * that says something else, or nothing, is a dead end, and fails the run.
 */
import { look } from '../../../src/runner/look.ts'
import { Moot, never, StartAgain, type Case, type Hands } from './ground.ts'
import type { SimulatedAccount, SimulatedDatabase } from './simulated-account.ts'
import type { Fleet } from './seeded-fleet.ts'

/** One thing that is named, in a simulated fleet. */
interface CaseHere extends Case {
  readonly fleet: Fleet
}

interface HandHere {
  readonly named: RegExp
  does(one: CaseHere): Promise<void>
}

const MINUTE = 60_000

const accountOf = ({ fleet, desk }: CaseHere): SimulatedAccount => {
  const found = fleet.accounts.find(({ world }) => world === desk.about.subject.world)
  if (!found) throw new Error(`there is no account of ${desk.about.subject.world}`)
  return found
}
const databaseOf = (one: CaseHere, name = one.desk.about.name): SimulatedDatabase => {
  const found = accountOf(one).databases.get(name)
  if (!found) throw new StartAgain(`${name} is not there`)
  return found
}
const waits =
  (milliseconds: number) =>
  ({ fleet }: CaseHere): Promise<void> =>
    fleet.clock.sleep(milliseconds, never)
const lookAgain = async ({ desk, step }: CaseHere): Promise<void> => {
  await look(desk, step, never)
}
const then =
  (...deeds: readonly ((one: CaseHere) => Promise<void> | void)[]) =>
  async (one: CaseHere): Promise<void> => {
    for (const deed of deeds) await deed(one)
  }

const reboots = (name: (one: CaseHere) => string | undefined) => (one: CaseHere) => {
  const database = databaseOf(one, name(one))
  database.record.parameterGroups = []
  accountOf(one).restart(database)
}

const startsAgain = async (): Promise<void> => {
  throw new StartAgain('the list of databases')
}

const STARTS: HandHere = {
  named: /Start it \(aws rds start-db-(instance|cluster) --db-(instance|cluster)-identifier/,
  does: then((one) => void (databaseOf(one).record.status = 'available'), lookAgain),
}

/** The twin of a database and how it really is, in whichever account. */
function twinOf({ fleet, desk }: CaseHere) {
  const { twin } = desk.decided
  if (!twin || twin === 'none') throw new Error(`${desk.about.name} has no twin`)
  const account = fleet.accounts.find(({ world }) => world === twin.subject.world)
  const all = [...(account?.databases.values() ?? [])]
  return { twin, database: all.find(({ record }) => record.resourceId === twin.subject.id) }
}

/** 05 cannot reach what is to prove it: stopped, renamed, or far away. */
async function findsTwin(one: CaseHere): Promise<void> {
  const { desk, fleet } = one
  if (desk.decided.twin !== 'none') {
    const { twin, database } = twinOf(one)
    if (!database || database.record.id !== twin.name) throw new StartAgain(`${twin.name} is another one`)
    if (database.record.status === 'stopped') database.record.status = 'available'
    else if (fleet.trouble.unreachable === 0) await one.beginAnew(twin.name)
  }
  fleet.trouble.unreachable = 0
  await lookAgain(one)
}

const moot = async ({ desk, step }: CaseHere): Promise<void> => {
  throw new Moot(`${desk.about.name}: ${step}`)
}

const looksAt = (step: string, named: RegExp): HandHere => ({
  named,
  does: async ({ desk }) => {
    await look(desk, step, never)
  },
})
const LOOKS_AT_01 = looksAt('identify', /Look at 01 again/)
const LOOKS_AT_06 = looksAt('preflight', /Look at 06 again/)

/** By code; by step and code where a step says it in words of its own. */
const HANDS: Readonly<Record<string, HandHere>> = {
  gone: { named: /Start again from the list of databases/, does: startsAgain },
  replaced: { named: /Start again from the list of databases/, does: startsAgain },
  'cannot-ask': {
    named: /Check credentials and network, then look again/,
    does: then(({ fleet }) => void (fleet.trouble.expired = false), waits(MINUTE), lookAgain),
  },
  'cannot-reach': {
    named: /See that it is started. Open a tunnel.*or look from a host that reaches it/,
    does: then((one) => {
      const { record } = databaseOf(one)
      if (record.status === 'stopped') record.status = 'available'
      one.fleet.trouble.unreachable = 0
    }, lookAgain),
  },
  'staging cannot-reach': { named: /If it is stopped, start it; if it was renamed, start again/, does: findsTwin },
  'staging not-on-target': {
    named: /Rotate the staging database first.*start again from the list/,
    does: startsAgain,
  },
  'cannot-log-in': {
    named: /Check the credentials/,
    does: then(({ fleet }) => void (fleet.trouble.noLogIn = 0), lookAgain),
  },
  'target-root-missing': {
    named: /Put the bundle of 03 into that store.*and look again/,
    does: then(({ fleet, args }) => void fleet.trouble.stale.delete(String(args['application'])), lookAgain),
  },
  stopped: STARTS,
  'is-stopped': STARTS,
  'not-available': { named: /Wait until it is available, then look again/, does: then(waits(10 * MINUTE), lookAgain) },
  'storage-busy': { named: /Wait until it is available/, does: then(waits(10 * MINUTE), lookAgain) },
  'status-changed': { named: /Look at 06 again when it is available/, does: waits(5 * MINUTE) },
  'pending-change': {
    named: /Apply or cancel it first/,
    does: then((one) => void (databaseOf(one).record.pendingOther = {}), lookAgain),
  },
  'pending-ca': {
    named: /Find out who asked for it. Let it come, or cancel it, then look again/,
    does: then(waits(30 * MINUTE), lookAgain),
  },
  'pending-reboot': {
    named: /Reboot for them/,
    does: then(
      reboots(({ desk }) => desk.about.name),
      lookAgain,
    ),
  },
  'other-under-way': { named: /Wait until it is available: one at a time/, does: then(waits(5 * MINUTE), lookAgain) },
  'other-pending': { named: /Let it come or cancel it first/, does: then(waits(30 * MINUTE), lookAgain) },
  'replicas-first': {
    named: /Rotate them first/,
    does: then((one) => one.rotateFirst(one.args['names'] as readonly string[]), lookAgain),
  },
  'readers-first': {
    named: /Rotate the readers first/,
    does: then((one) => one.rotateFirst(one.args['names'] as readonly string[]), lookAgain),
  },
  'could-not-learn': { named: /look again/, does: then(waits(MINUTE), lookAgain) },
  'names-not-told': { named: /look again/, does: then(waits(MINUTE), lookAgain) },
  'wrong-root': {
    named: /Check for a staged certificate that waits for a restart/,
    does: then(
      reboots(({ desk }) => desk.about.name),
      lookAgain,
    ),
  },
  'member-elsewhere': {
    named: /Check that member for a staged certificate that waits for a restart/,
    does: then(
      reboots(({ args }) => String(args['member'])),
      lookAgain,
    ),
  },
  'member-not-seen': {
    named: /Look from where it can be reached/,
    does: then(({ fleet }) => void (fleet.trouble.unreachable = 0), waits(MINUTE), lookAgain),
  },
  'client-missing': { named: /Wait for it and look again/, does: then(waits(60 * MINUTE), lookAgain) },
  'ca-changed': LOOKS_AT_01,
  'ca-pending': LOOKS_AT_01,
  'pending-appeared': LOOKS_AT_06,
  'role-changed': LOOKS_AT_06,
  'members-changed': LOOKS_AT_06,
  'member-busy': { named: /Wait until it is available: one at a time/, does: waits(5 * MINUTE) },
  'outside-gone': LOOKS_AT_01,
  withdrawn: LOOKS_AT_01,
  'nothing-expired': { named: /Begin a ca-change/, does: moot },
  'own-endpoint wrong-root': { named: /To change the CA, begin a ca-change/, does: moot },
}

/** What may be done about each thing in this fleet. */
export const handsIn = (fleet: Fleet): Hands =>
  Object.fromEntries(
    Object.entries(HANDS).map(([code, { named, does }]) => [code, { named, does: (one) => does({ ...one, fleet }) }]),
  )
