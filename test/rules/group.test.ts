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

it('replicas and readers come before the writer and the source, each as they were otherwise', () => {
  const roles: Record<string, Role> = { w: 'writer', r1: 'reader', s: 'source', r2: 'reader', p: 'replica', a: 'alone' }
  expect(inGroupOrder(['w', 'r1', 's', 'r2', 'p', 'a'], (one) => roles[one]!)).toEqual(['p', 'r1', 'r2', 'a', 'w', 's'])
})

it('in a list, the members of each group change places among themselves alone', () => {
  const list = ['a1:writer', 'x', 'b:source', 'a2:reader', 'c:replica', 'a3:reader']
  const keyOf = (one: string) => (one === 'x' ? undefined : one.startsWith('a') ? 'a' : 'b')
  expect(eachGroupInOrder(list, keyOf, (one) => one.split(':')[1] as Role)).toEqual([
    'a2:reader',
    'x',
    'c:replica',
    'a3:reader',
    'b:source',
    'a1:writer',
  ])
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
    undone.basis.strict = undone.detail.proof.strict = false
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
