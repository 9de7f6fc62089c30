/**
 * Random walks of a whole group: members are proven, sent, answered, settled, verified or found wrong in any order, by any of several
 * operators. Whatever happens, no two changes are under way at once, and no gate is closed without a way on.
 */
import { expect, it } from 'vitest'
import type { About } from '../../src/rules/step.ts'
import { isUnderWay } from '../../src/rules/group.ts'
import { MINUTE, Scenario, databaseSubject, finishedTwin, goodFacts, BEFORE_CHANGE } from '../support/scenario.ts'
import { seeded, seeds } from '../support/seeded.ts'

function groupOf(size: number): Scenario[] {
  const members = Array.from({ length: size }, (_, at) => {
    const about: About = { subject: databaseSubject(`db-M${at}`), name: `member-${at}` }
    const scenario = new Scenario(about)
    scenario.twin = finishedTwin()
    scenario.start(`rotation-${at}`)
    return scenario
  })
  for (const one of members) one.peers = members.filter((other) => other !== one)
  return members
}

function walk(seed: number, moves: number): { sent: number; done: number } {
  const random = seeded(seed)
  const members = groupOf(2 + random.below(2))
  let sent = 0
  for (let move = 0; move < moves; move += 1) {
    const passes = random.next() < 0.1 ? random.oneOf([MINUTE, 20 * MINUTE]) : 0
    for (const one of members) one.now += passes
    const member = random.oneOf(members)
    const assessment = member.assess()
    const { next } = assessment
    if (next === undefined) continue
    const facts = goodFacts(member.about)
    const { gate } = member.position(next as 'modify')
    if (next === 'modify') {
      if (gate.open) {
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
    } else if ((BEFORE_CHANGE as readonly string[]).includes(next))
      member.see(next as 'identify', facts[next as 'identify'])
    else if (next === 'verify') {
      const wrong = random.next() < 0.3
      if (wrong) facts.verify.basis.root = 'a'.repeat(40)
      member.see('verify', facts.verify)
    } else member.see(next as 'settle', facts[next as 'settle'])
    const underWay = members.filter((one) => isUnderWay(one.assess()))
    if (underWay.length > 1)
      throw new Error(
        `seed ${seed}, move ${move}: ${underWay.map(({ about }) => about.name).join(' and ')} are under way at once`,
      )
  }
  return { sent, done: members.filter((one) => one.assess().next === undefined).length }
}

it('no two members are under way at once, and every closed gate names a way on', () => {
  let sent = 0
  let done = 0
  for (let seed = 1; seed <= seeds(4, 200); seed += 1) {
    const walked = walk(seed, 90)
    sent += walked.sent
    done += walked.done
  }
  // A walk in which nothing is ever sent or finished proves nothing.
  expect(sent).toBeGreaterThan(6)
  expect(done).toBeGreaterThan(2)
}, 600_000)
