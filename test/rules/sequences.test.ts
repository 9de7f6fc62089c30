/** What the other sequences ask for, and what they let go: outage, rollback, a change that is not ours. */
import { describe, expect, it } from 'vitest'
import type { ExpiredFacts } from '../../steps/01-expired.ts'
import { coverOf } from '../../src/rules/evidence.ts'
import { caNow } from '../../src/rules/ca-now.ts'
import { EMPTY_RECORD } from '../../src/rules/record.ts'
import { servedBefore } from '../../src/rules/served.ts'
import { MINUTE, NEW_ROOT, NOW, OLD_ROOT, Scenario, goodFacts, production, readyToModify } from '../support/scenario.ts'

const blockersOf = (scenario: Scenario, step: 'modify' = 'modify') => {
  const { gate } = scenario.position(step)
  return gate.open ? [] : gate.blockers.map(({ code, args }) => [code, args['step']].filter(Boolean).join(' '))
}

const expiredFacts = (expired: ExpiredFacts['basis']['expired']): ExpiredFacts => ({
  basis: { expired, wire: true },
  detail: { at: NOW, seen: [] },
})

const waiveWhole = (scenario: Scenario, step: 'census' | 'trust-stores' | 'staging') => {
  const reason = { code: 'too-late-to-prove', args: { step } }
  scenario.put(production, {
    kind: 'waived',
    rotation: scenario.assess().rotation!.id,
    step,
    ...reason,
    covers: coverOf(step, reason),
    why: 'orders are failing, ticket 4711',
  })
}

function inOutage(expired: ExpiredFacts['basis']['expired']): Scenario {
  const scenario = new Scenario(production)
  scenario.start('rotation-1', 'outage')
  const facts = goodFacts(production)
  for (const step of ['identify', 'bundle', 'preflight'] as const) scenario.see(step, facts[step])
  scenario.see('expired', expiredFacts(expired))
  return scenario
}

describe('an outage', () => {
  it('opens the waivers of 02, 04 and 05, each for the whole step, and of nothing else', () => {
    const scenario = inOutage([{ part: 'server certificate', by: 'wire' }])
    expect(blockersOf(scenario)).toEqual(['own-need census', 'own-need trust-stores', 'own-need staging'])
    for (const step of ['census', 'trust-stores', 'staging'] as const) {
      expect(scenario.position(step).shortfalls[0]).toMatchObject({
        shortfall: { code: 'too-late-to-prove', allows: 'waiver' },
      })
      waiveWhole(scenario, step)
      expect(scenario.position(step).standing).toBe('waived')
    }
    expect(blockersOf(scenario)).toEqual([])
    for (const step of ['identify', 'bundle', 'preflight'] as const)
      expect(scenario.position(step).shortfalls).toEqual([])
  })

  it('opens nothing by a word: where nothing has expired, and once what was seen is too old, waivers count for nothing', () => {
    const none = inOutage([])
    for (const step of ['census', 'trust-stores', 'staging'] as const) waiveWhole(none, step)
    expect(blockersOf(none)).toEqual([
      'own-need census',
      'own-need trust-stores',
      'own-need expired',
      'own-need staging',
    ])
    const old = inOutage([{ part: 'root', by: 'api' }])
    for (const step of ['census', 'trust-stores', 'staging'] as const) waiveWhole(old, step)
    old.now += 16 * MINUTE
    old.see('preflight', goodFacts(production).preflight)
    expect(blockersOf(old)).toEqual([
      'own-need census',
      'own-need trust-stores',
      'own-need expired',
      'own-need staging',
    ])
  })

  it('is no part of a CA change: the same waivers open nothing there', () => {
    const scenario = new Scenario(production)
    scenario.start()
    const facts = goodFacts(production)
    for (const step of ['identify', 'bundle', 'preflight'] as const) scenario.see(step, facts[step])
    for (const step of ['census', 'trust-stores', 'staging'] as const) waiveWhole(scenario, step)
    expect(blockersOf(scenario)).toEqual(['own-need census', 'own-need trust-stores', 'own-need staging'])
  })
})

it('the CA that a database has now is what was seen last, in whichever rotation', () => {
  const scenario = new Scenario(production)
  scenario.start('rotation-1')
  scenario.see('identify', goodFacts(production).identify)
  scenario.now += 1
  scenario.see('settle', goodFacts(production, 'rds-ca-rsa2048-g1').settle)
  scenario.put(production, { kind: 'rotation-ended', rotation: 'rotation-1', how: 'done', kept: {} })
  scenario.start('rotation-2', 'leaf-renewal')
  expect(caNow(scenario.record(production), 'rds-ca-2019')).toBe('rds-ca-rsa2048-g1')
  expect(caNow(EMPTY_RECORD, 'rds-ca-2019')).toBe('rds-ca-2019')
})

describe('a rollback', () => {
  function goingBack(target: string): Scenario {
    const scenario = new Scenario(production)
    scenario.start('rotation-1')
    const facts = goodFacts(production)
    scenario.see('identify', facts.identify)
    scenario.put(production, {
      kind: 'rotation-ended',
      rotation: 'rotation-1',
      how: 'done',
      kept: { identify: { standing: 'proven', facts: facts.identify } },
    })
    scenario.now += 1
    scenario.start('rotation-2', 'rollback')
    // What the configuration declares is where the CA is to go. It leads no way back astray.
    Object.assign(scenario.declared, { target: { ca: 'rds-ca-rsa2048-g1' } })
    scenario.put(production, {
      kind: 'decided',
      rotation: 'rotation-2',
      decision: 'target',
      value: { ca: target },
      said: 'begin',
    })
    const now = goodFacts(production, 'rds-ca-rsa2048-g1')
    now.identify.basis.candidates.push({ ca: 'rds-ca-rsa4096-g1', thumbprint: 'c'.repeat(40) })
    scenario.see('identify', now.identify)
    now.bundle.basis.roots.push('c'.repeat(40))
    scenario.see('bundle', now.bundle)
    scenario.see('preflight', now.preflight)
    return scenario
  }

  it('leads to a CA that the database is on record to have served, and to no other; it asks for no census and no twin', () => {
    const back = goingBack('rds-ca-2019')
    expect(servedBefore(back.record(production))).toEqual(['rds-ca-2019'])
    expect(blockersOf(back)).toEqual(['own-need stores-back'])
    back.see('stores-back', goodFacts(production)['trust-stores'])
    expect(blockersOf(back)).toEqual([])

    const forth = goingBack('rds-ca-rsa4096-g1')
    expect(blockersOf(forth)).toContain('never-served')
  })

  it('does not list as its own outdated work what the rotation before it saw: it has not looked yet', () => {
    const scenario = readyToModify()
    scenario.put(production, { kind: 'rotation-ended', rotation: 'rotation-1', how: 'done', kept: {} })
    scenario.now += 1
    scenario.start('rotation-2', 'rollback')
    const standings = () => [...scenario.assess().steps.values()].map(({ step, standing }) => `${step} ${standing}`)
    // The bundle’s evidence is every database’s, and is judged anew with what 01 sees.
    expect(standings().filter((one) => one.endsWith('outdated'))).toEqual(['bundle outdated'])
    expect(standings()).toContain('preflight missing')
    // What it looks at itself can be outdated like anything else.
    scenario.see('preflight', goodFacts(production, 'rds-ca-rsa2048-g1').preflight)
    scenario.see('identify', goodFacts(production, 'rds-ca-rsa4096-g1').identify)
    expect(standings()).toContain('preflight outdated')
  })

  it('asks a trust store for the previous root alone; who lacks it is attested', () => {
    const stores = goodFacts(production)['trust-stores']
    const back = goingBack('rds-ca-2019')
    back.see('stores-back', {
      ...stores,
      basis: { ...stores.basis, stores: [{ ...stores.basis.stores[0]!, roots: [OLD_ROOT] }] },
    })
    expect(back.position('stores-back').standing).toBe('proven')
    back.see('stores-back', {
      ...stores,
      basis: { ...stores.basis, stores: [{ ...stores.basis.stores[0]!, roots: [NEW_ROOT] }] },
    })
    expect(back.position('stores-back').shortfalls).toMatchObject([
      { shortfall: { code: 'target-root-missing', allows: 'attestation' } },
    ])
  })
})

describe('a change that is not ours', () => {
  it('enters at 08, with whatever it would have rested on listed as urgent', () => {
    const scenario = new Scenario(production)
    scenario.start()
    const facts = goodFacts(production)
    facts.identify.detail.pendingCa = 'rds-ca-rsa2048-g1'
    scenario.see('identify', facts.identify)
    scenario.see('bundle', facts.bundle)
    expect(scenario.assess()).toMatchObject({
      next: 'settle',
      urgent: ['census', 'trust-stores', 'staging'],
    })
    scenario.see('census', facts.census)
    scenario.see('trust-stores', facts['trust-stores'])
    expect(scenario.assess().urgent).toEqual(['staging'])
  })
})
