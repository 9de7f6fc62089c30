/** Databases that the same clients may land on: one at a time, in order; and a cluster that stands surety as a whole. */
import { describe, expect, it } from 'vitest'
import { eachGroupInOrder, inGroupOrder, isUnderWay, type Role } from '../../src/rules/group.ts'
import type { About } from '../../src/rules/step.ts'
import {
  NEW_ROOT,
  Scenario,
  databaseSubject,
  finishedTwin,
  goodFacts,
  production,
  readyToModify,
  staging,
} from '../support/scenario.ts'

const reader: About = { subject: databaseSubject('db-READER'), name: 'orders-reader' }

const blockersOf = (scenario: Scenario) => {
  const { gate } = scenario.position('modify')
  return gate.open ? [] : gate.blockers.map(({ code, args }) => [code, args['name']].filter(Boolean).join(' '))
}

describe('one member at a time', () => {
  it('a gate is closed from another member’s intent until that one’s 09 is met, whatever is left to close out', () => {
    const writer = readyToModify()
    const other = readyToModify(reader)
    writer.peers = [other]
    expect(blockersOf(writer)).toEqual([])

    other.send('modify', 'none')
    expect(blockersOf(writer)).toEqual(['peer-under-way orders-reader'])

    const answered = readyToModify(reader)
    answered.send('modify')
    writer.peers = [answered]
    expect(blockersOf(writer)).toEqual(['peer-under-way orders-reader'])
    answered.see('settle', goodFacts(reader).settle)
    expect(blockersOf(writer)).toEqual(['peer-under-way orders-reader'])
    answered.see('verify', goodFacts(reader).verify)
    expect(answered.assess().next).toBe('close-out')
    expect(blockersOf(writer)).toEqual([])
  })

  it('a member whose wire does not agree holds the others up', () => {
    const writer = readyToModify()
    const other = readyToModify(reader)
    other.send('modify')
    other.see('settle', goodFacts(reader).settle)
    const verify = goodFacts(reader).verify
    verify.basis.root = 'a'.repeat(40)
    other.see('verify', verify)
    writer.peers = [other]
    expect(blockersOf(writer)).toEqual(['peer-under-way orders-reader'])
    expect(isUnderWay(other.assess())).toBe(true)
  })
})

describe('the order of a group', () => {
  const at = (depth: number, role: Role) => ({ role, depth })
  const places: Readonly<Record<string, ReturnType<typeof at>>> = {
    w: at(0, 'writer'),
    r1: at(0, 'reader'),
    s: at(0, 'source'),
    r2: at(0, 'reader'),
    p: at(1, 'replica'),
    a: at(0, 'alone'),
    pp: at(2, 'replica'),
    cw: at(1, 'writer'),
    cr: at(1, 'reader'),
  }

  it('what replicates comes before what it replicates from, the deepest first; readers before the writer', () => {
    const ordered = inGroupOrder(['w', 'r1', 's', 'cw', 'r2', 'p', 'cr', 'a', 'pp'], (one) => places[one]!)
    expect(ordered).toEqual(['pp', 'p', 'cr', 'cw', 'r1', 'r2', 'a', 'w', 's'])
  })

  it('in a list, the members of each group change places among themselves alone', () => {
    const list = ['a:w', 'x', 'b:s', 'a:r1', 'b:p', 'a:r2', 'b:pp']
    const placeOf = (one: string) => {
      const [group, name] = one.split(':')
      return name === undefined ? undefined : { group: group!, ...places[name]! }
    }
    expect(eachGroupInOrder(list, placeOf)).toEqual(['a:r1', 'x', 'b:pp', 'a:r2', 'b:p', 'a:w', 'b:s'])
  })
})

describe('a cluster that stands surety', () => {
  const member = (id: string): Scenario => {
    const about: About = { subject: databaseSubject(id), name: id }
    const scenario = new Scenario(about)
    Object.assign(scenario.declared, { environment: 'staging', twin: 'none' })
    scenario.start(`rotation-${id}`)
    const facts = goodFacts(staging, 'rds-ca-rsa2048-g1')
    facts.staging.basis.root = NEW_ROOT
    facts.identify.basis.name = id
    for (const step of ['identify', 'census', 'bundle', 'trust-stores', 'staging', 'preflight', 'verify'] as const)
      scenario.see(step, facts[step])
    return scenario
  }

  it('stands as its worst member does', () => {
    const scenario = readyToModify()
    const cluster: About = { subject: { ...databaseSubject('cluster-S'), kind: 'cluster' }, name: 'orders-staging' }
    const members = [member('db-S1'), member('db-S2')]
    Object.assign(scenario.declared, {
      twin: { subject: cluster.subject, name: cluster.name, members: members.map((one) => one.about) },
    })
    const twin = new Scenario(cluster)
    scenario.twin = twin
    scenario.twinMembers = members
    scenario.see('staging', goodFacts(production).staging)
    expect(blockersOf(scenario)).toEqual([])

    const undone = goodFacts(staging, 'rds-ca-rsa2048-g1').verify
    undone.basis.strict = undone.detail.proof!.strict = false
    members[1]!.see('verify', undone)
    expect(scenario.position('staging').gate).toMatchObject({
      open: false,
      blockers: [{ code: 'twin-need', args: { standing: 'not-proven' }, cure: { name: 'orders-staging' } }],
    })

    // A cluster is not vouched for by a database of its name.
    scenario.twin = finishedTwin()
    scenario.twinMembers = []
    expect(scenario.position('staging').gate.open).toBe(false)
  })
})
