/**
 * Random walks of a whole group: members are proven, sent, answered, settled, verified or found wrong in any order, by any of several
 * operators; who belongs to it is what 06 saw. Whatever happens, no two changes are under way at once, none comes before what it waits
 * for, and no gate is closed without a way on.
 */
import { expect, it } from 'vitest'
import { preflight } from '../../steps/06-preflight.ts'
import type { DatabaseRecord } from '../../src/ports/control-plane.ts'
import type { About } from '../../src/rules/step.ts'
import { isUnderWay } from '../../src/rules/group.ts'
import { cluster, decided, instance, never, NEW_CA, worldOf, type Account } from '../steps/account.ts'
import { MINUTE, Scenario, databaseSubject, finishedTwin, goodFacts, BEFORE_CHANGE } from '../support/scenario.ts'
import { seeded, seeds } from '../support/seeded.ts'

interface Member {
  readonly scenario: Scenario
  /** As AWS lists it now. */
  readonly record: { -readonly [K in keyof DatabaseRecord]: DatabaseRecord[K] }
  /** Those that have to come first. */
  readonly after: readonly number[]
}

interface Group {
  readonly members: readonly Member[]
  readonly account: Account
}

/** A cluster, or a tree of replicas: `sources` has what each replicates from. */
function groupOf(random: ReturnType<typeof seeded>): Group {
  const size = 2 + random.below(3)
  const clustered = random.next() < 0.3
  const sources = Array.from({ length: size }, (_, at) => (clustered || at === 0 ? undefined : random.below(at)))
  const below = (at: number): number[] => sources.flatMap((of, one) => (of === at ? [one, ...below(one)] : []))
  const idOf = (at: number) => `member-${at}`
  const members = sources.map((of, at): Member => {
    const about: About = { subject: databaseSubject(`db-M${at}`), name: idOf(at) }
    const scenario = new Scenario(about)
    scenario.twin = finishedTwin()
    scenario.start(`rotation-${at}`)
    const record = instance({
      id: idOf(at),
      resourceId: about.subject.id,
      ...(clustered && { engine: 'aurora-postgresql', clusterId: 'group' }),
      ...(of !== undefined && { replicaSource: idOf(of) }),
      replicas: sources.flatMap((source, one) => (source === at ? [idOf(one)] : [])),
    })
    const readers = at === 0 ? sources.flatMap((_source, one) => (one === 0 ? [] : [one])) : []
    return { scenario, record, after: clustered ? readers : below(at) }
  })
  const all = members.map(({ record }) => ({ id: record.id, writer: record.id === idOf(0), parameterGroupStatus: '' }))
  const databases = members.map(({ record }) => record)
  return { members, account: { databases, ...(clustered && { clusters: [cluster({ id: 'group', members: all })] }) } }
}

/** 06 looks at what AWS lists now: from then on its peers are known. */
async function fly({ members, account }: Group, { scenario }: Member): Promise<void> {
  const given = { identify: goodFacts(scenario.about).identify }
  const facts = preflight.parse(await preflight.look!(worldOf(account), scenario.about, given, decided, never))!
  scenario.see('preflight', facts)
  const peers = new Set(preflight.peers!(facts, scenario.about).map(({ subject }) => subject.id))
  scenario.peers = members.flatMap((one) => (peers.has(one.record.resourceId) ? [one.scenario] : []))
}

async function walk(seed: number, moves: number): Promise<{ sent: number; done: number }> {
  const random = seeded(seed)
  const group = groupOf(random)
  const members = group.members.map(({ scenario }) => scenario)
  let sent = 0
  for (let move = 0; move < moves; move += 1) {
    const passes = random.next() < 0.1 ? random.oneOf([MINUTE, 20 * MINUTE]) : 0
    for (const one of members) one.now += passes
    const chosen = random.oneOf(group.members)
    const member = chosen.scenario
    const assessment = member.assess()
    const { next } = assessment
    if (next === undefined) continue
    const facts = goodFacts(member.about)
    const { gate } = member.position(next as 'modify')
    if (next === 'modify') {
      if (gate.open) {
        const left = chosen.after.filter((at) => group.members[at]!.record.ca !== NEW_CA)
        expect(left, `seed ${seed}, move ${move}: ${member.about.name} before what comes first`).toEqual([])
        member.send('modify', random.next() < 0.3 ? 'none' : 'accepted', `intent-${move}`)
        sent += 1
      } else {
        // A way on: something to look at, a decision, or a member that is named and can go on itself.
        const busy = members.filter((one) => one !== member && isUnderWay(one.assess()))
        const waits = gate.blockers.filter(({ code }) => code === 'peer-under-way')
        expect(waits.map(({ args }) => args['name'])).toEqual(busy.map(({ about }) => about.name))
        expect(gate.blockers.every(({ cure }) => cure.do !== 'nothing')).toBe(true)
      }
      const { standing } = member.position('modify')
      if (standing === 'interrupted') {
        const how = random.next() < 0.5 ? 'adopted' : 'abandoned'
        const rotation = assessment.rotation!.id
        const { intent } = member.assess().rotation!.sendings.at(-1)!
        if (random.next() < 0.7)
          member.put(member.about, { kind: 'resolved', rotation, intent, how, seen: { code: 'seen', args: {} } })
      }
    } else if (next === 'preflight') await fly(group, chosen)
    else if ((BEFORE_CHANGE as readonly string[]).includes(next))
      member.see(next as 'identify', facts[next as 'identify'])
    else if (next === 'verify') {
      const wrong = random.next() < 0.3
      if (wrong) facts.verify.basis.root = 'a'.repeat(40)
      member.see('verify', facts.verify)
    } else {
      if (next === 'settle') chosen.record.ca = NEW_CA
      member.see(next as 'settle', facts[next as 'settle'])
    }
    const underWay = members.filter((one) => isUnderWay(one.assess()))
    if (underWay.length > 1)
      throw new Error(
        `seed ${seed}, move ${move}: ${underWay.map(({ about }) => about.name).join(' and ')} are under way at once`,
      )
  }
  return { sent, done: members.filter((one) => one.assess().next === undefined).length }
}

it('no two members are under way at once, the deepest come first, and every closed gate names a way on', async () => {
  let sent = 0
  let done = 0
  for (let seed = 1; seed <= seeds(4, 200); seed += 1) {
    const walked = await walk(seed, 120)
    sent += walked.sent
    done += walked.done
  }
  // A walk in which nothing is ever sent or finished proves nothing.
  expect(sent).toBeGreaterThan(6)
  expect(done).toBeGreaterThan(2)
}, 600_000)
