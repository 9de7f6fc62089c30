import { describe, expect, it } from 'vitest'
import { changeDigest, type Change } from '../../src/rules/change.ts'
import { Clearance } from '../../src/rules/clearance.ts'
import { clear, type Gate, type OpenGate } from '../../src/rules/gate.ts'
import { keptOf } from '../../src/rules/kept.ts'
import { presentRotation, sendingState } from '../../src/rules/record.ts'
import { DAY, MINUTE, NOW, WHO, goodFacts, production, readyToModify, type Scenario } from '../support/scenario.ts'

const openGateOf = (scenario: Scenario): OpenGate => {
  const { gate } = scenario.position('modify')
  if (!gate.open) throw new Error('the gate of 07 should be open')
  return gate
}

const intend = (scenario: Scenario, change: Change, typed = 'orders-production') =>
  scenario.put(production, {
    kind: 'intent',
    rotation: 'rotation-1',
    intent: 'intent-1',
    step: 'modify',
    change,
    confirmation: { typed, digests: [changeDigest(change)], at: scenario.now, by: WHO },
    kept: keptOf(scenario.assess(), 'modify'),
  })

const sendingOf = (scenario: Scenario) => presentRotation(scenario.record(production))?.sendings.at(-1)

/** Ready, with an intent for what the gate would let through. */
function intended(typed?: string) {
  const scenario = readyToModify()
  const gate = openGateOf(scenario)
  intend(scenario, gate.change!, typed)
  return { scenario, gate, sending: sendingOf(scenario), change: gate.change! }
}

describe('a clearance', () => {
  it('comes of an open gate, an intent on disk and the name typed; it is for that request, once, and not for long', () => {
    const { gate, sending, change } = intended()
    const cleared = clear(gate, sending, 'orders-production', NOW)
    if (!cleared.cleared) throw new Error(cleared.why)
    const { clearance } = cleared
    const other: Change = { ...change, input: { ...change.input, ApplyImmediately: false } }
    expect(() => clearance.use(other, NOW)).toThrow('another request')
    expect(() => clearance.use(change, NOW + 31_000)).toThrow('run out')
    clearance.use(change, NOW)
    expect(() => clearance.use(change, NOW)).toThrow('used before')
  })

  it.each<[string, (parts: ReturnType<typeof intended>) => [Gate, ReturnType<typeof sendingOf>, string, number]]>([
    ['a gate that looks like an open one', ({ gate, sending }) => [{ ...gate }, sending, 'orders-production', NOW]],
    ['a closed gate', ({ scenario, sending }) => [scenario.position('modify').gate, sending, 'orders-production', NOW]],
    ['no intent', ({ gate }) => [gate, undefined, 'orders-production', NOW]],
    ['another name', ({ gate, sending }) => [gate, sending, 'orders-staging', NOW]],
    ['a proof that ran out', ({ gate, sending }) => [gate, sending, 'orders-production', gate.until + 1]],
    [
      'an intent for another request',
      ({ gate, sending, change }) => [
        gate,
        { ...sending!, change: { ...change, region: 'us-east-1' } },
        'orders-production',
        NOW,
      ],
    ],
    [
      'an intent that was answered',
      ({ gate, scenario }) => {
        scenario.put(production, {
          kind: 'receipt',
          rotation: 'rotation-1',
          intent: 'intent-1',
          outcome: { kind: 'accepted', requestId: 'r' },
        })
        return [gate, sendingOf(scenario), 'orders-production', NOW]
      },
    ],
    [
      'a confirmation for another request',
      ({ gate, sending }) => [
        gate,
        { ...sending!, confirmation: { ...sending!.confirmation, digests: [] } },
        'orders-production',
        NOW,
      ],
    ],
  ])('is not given for %s', (_, breaking) => {
    const [gate, sending, name, now] = breaking(intended())
    expect(clear(gate, sending, name, now).cleared).toBe(false)
  })

  it('is not given when something else was typed', () => {
    const { gate, sending } = intended('orders-productoin')
    expect(clear(gate, sending, 'orders-production', NOW)).toMatchObject({ cleared: false })
  })

  it('cannot be made or forged outside the rules', () => {
    // @ts-expect-error the constructor is private
    const made = (): Clearance => new Clearance('digest', 'intent', NOW)
    expect(made).toBeTypeOf('function')
    // @ts-expect-error a look-alike is no clearance
    const forged: Clearance = { intent: 'x', use: () => {} }
    expect(forged).not.toBeInstanceOf(Clearance)
  })
})

describe('after an intent', () => {
  it('without an answer the gate is closed until it was observed', () => {
    const { scenario } = intended()
    expect(scenario.position('modify')).toMatchObject({ standing: 'interrupted', gate: { open: false } })
    expect(scenario.assess().next).toBe('modify')
  })

  it('without an answer it comes first, also when the proofs before it have run out meanwhile', () => {
    const { scenario } = intended()
    scenario.now += 30 * DAY
    expect(scenario.position('identify').standing).toBe('expired')
    expect(scenario.assess().next).toBe('modify')
  })

  it('that AWS refused, or that was given up, the gate opens again for a new confirmation', () => {
    const { scenario } = intended()
    scenario.put(production, {
      kind: 'receipt',
      rotation: 'rotation-1',
      intent: 'intent-1',
      outcome: { kind: 'refused', code: 'AccessDenied', message: 'no' },
    })
    expect(scenario.position('modify')).toMatchObject({
      standing: 'missing',
      reason: { code: 'refused' },
      gate: { open: true },
    })
    const unanswered = intended().scenario
    unanswered.put(production, {
      kind: 'resolved',
      rotation: 'rotation-1',
      intent: 'intent-1',
      how: 'abandoned',
      seen: { code: 'given-up', args: { why: 'x' } },
    })
    expect(sendingState(sendingOf(unanswered))).toBe('abandoned')
    expect(unanswered.position('modify').gate.open).toBe(true)
  })

  it('whose answer was lost, what AWS shows is adopted', () => {
    const { scenario } = intended()
    scenario.put(production, {
      kind: 'receipt',
      rotation: 'rotation-1',
      intent: 'intent-1',
      outcome: { kind: 'unknown', cause: 'ECONNRESET' },
    })
    expect(scenario.position('modify').standing).toBe('interrupted')
    scenario.put(production, {
      kind: 'resolved',
      rotation: 'rotation-1',
      intent: 'intent-1',
      how: 'adopted',
      seen: { code: 'arrived', args: { ca: 'x', state: 'pending' } },
    })
    expect(scenario.position('modify')).toMatchObject({ standing: 'proven', facts: { detail: { adopted: true } } })
  })
})

describe('success does not outdate itself', () => {
  function sent() {
    const { scenario } = intended()
    scenario.put(production, {
      kind: 'receipt',
      rotation: 'rotation-1',
      intent: 'intent-1',
      outcome: { kind: 'accepted', requestId: 'r' },
    })
    return scenario
  }

  it('what the change rested on is history from then on, whatever changes and however old it gets', () => {
    const scenario = sent()
    scenario.now = NOW + 400 * DAY
    const facts = goodFacts(production)
    facts.identify.basis.ca = 'rds-ca-rsa2048-g1'
    scenario.see('identify', facts.identify)
    const { steps, next } = scenario.assess()
    expect([...steps.values()].map(({ standing }) => standing).slice(0, 7)).toEqual(Array(7).fill('proven'))
    expect(steps.get('identify')).toMatchObject({ history: true, facts: { basis: { ca: 'rds-ca-2019' } } })
    expect(next).toBe('settle')
  })

  it('the same request is never let through a second time', () => {
    const scenario = sent()
    const { gate } = scenario.position('modify')
    expect(!gate.open && gate.blockers.map(({ code }) => code)).toContain('sent')
  })

  it('while it waits for its window, the gate that it would meet now stays live', () => {
    const scenario = sent()
    expect(scenario.assess().live?.open).toBe(true)
    scenario.now = NOW + 16 * MINUTE
    expect(scenario.assess().live?.open).toBe(false)
    scenario.see('settle', goodFacts(production).settle)
    expect(scenario.position('settle').standing).toBe('proven')
    expect(scenario.assess().live).toBeUndefined()
  })

  it('a finished rotation stays finished', () => {
    const scenario = sent()
    const facts = goodFacts(production)
    for (const step of ['settle', 'verify', 'close-out'] as const) scenario.see(step, facts[step])
    expect(scenario.assess().next).toBeUndefined()
    scenario.put(production, {
      kind: 'rotation-ended',
      rotation: 'rotation-1',
      how: 'done',
      kept: keptOf(scenario.assess()),
    })
    scenario.now = NOW + 4000 * DAY
    scenario.twin = undefined
    const { steps, next } = scenario.assess()
    expect(next).toBeUndefined()
    expect([...steps.values()].every(({ standing, history }) => standing === 'proven' && history)).toBe(true)
    expect([...steps.values()].some(({ gate }) => gate.open)).toBe(false)
  })

  it('receipts and waivers count in their own rotation only; evidence may serve a later one', () => {
    const scenario = sent()
    scenario.put(production, { kind: 'rotation-ended', rotation: 'rotation-1', how: 'abandoned', kept: {} })
    scenario.start('rotation-2')
    expect(scenario.position('staging').standing).toBe('proven')
    // What is cheap to look at is looked at anew: the rotation before may have changed it, minutes ago.
    expect(scenario.position('identify').standing).toBe('expired')
    expect(scenario.position('modify')).toMatchObject({ standing: 'missing', gate: { open: false } })
    const facts = goodFacts(production)
    scenario.see('identify', facts.identify)
    scenario.see('preflight', facts.preflight)
    expect(scenario.position('modify').gate.open).toBe(true)
  })
})
