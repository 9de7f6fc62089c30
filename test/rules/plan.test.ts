/** A plan: read again as it was approved, or refused with the reason. */
import { describe, expect, it } from 'vitest'
import { differs, planOf, plannedDatabase, readPlan, PLAN_FORMAT, type Plan } from '../../src/rules/plan.ts'
import { runbook } from '../../steps/index.ts'
import { DAY, NOW, WHO, goodFacts, production, readyToModify, type Scenario } from '../support/scenario.ts'
import { seeded, seeds } from '../support/seeded.ts'

function plannedFrom(scenario: Scenario) {
  const assessment = scenario.assess()
  const change = assessment.steps.get('modify')?.change
  if (!change) throw new Error('no change')
  return plannedDatabase(scenario.about, assessment, 'modify', change)
}

const approved = (): Plan =>
  planOf({ name: 'p', at: NOW, by: WHO, approver: 'Tanaka', databases: [plannedFrom(readyToModify())] }, 'p 1', NOW)
const asRead = (plan: unknown) => readPlan(JSON.parse(JSON.stringify(plan)))
const refusal = (plan: unknown) => {
  const read = asRead(plan)
  return read.kind === 'plan' ? 'plan' : read.why.code
}

describe('a plan that is read', () => {
  it('is the one that was approved', () => {
    const plan = approved()
    expect(asRead(plan)).toEqual({ kind: 'plan', plan: JSON.parse(JSON.stringify(plan)) })
  })

  it.each([
    ['nothing', undefined, 'plan-none'],
    ['a list', [], 'plan-none'],
    ['another file', { formatVersion: 1 }, 'plan-none'],
    ['a newer format', { ...approved(), formatVersion: PLAN_FORMAT + 1 }, 'plan-newer'],
    ['no databases', { ...approved(), databases: undefined }, 'plan-damaged'],
    ['another approver', { ...approved(), approver: 'Sato' }, 'plan-edited'],
    ['another time', { ...approved(), at: NOW + 1 }, 'plan-edited'],
    [
      'a confirmation of something else',
      { ...approved(), confirmation: { ...approved().confirmation, typed: 'q 1' } },
      'plan-edited',
    ],
  ])('is refused: %s', (_what, value, code) => {
    expect(value === undefined ? refusal(null) : refusal(value)).toBe(code)
  })

  it('is refused when its digests were made anew over another approver', () => {
    const plan = approved()
    const forged = planOf({ name: 'p', at: NOW, by: WHO, approver: 'Sato', databases: plan.databases }, 'p 1', NOW)
    expect(refusal({ ...forged, confirmation: plan.confirmation })).toBe('plan-edited')
  })

  it('is refused after any one change to any member', () => {
    const leaves: (readonly string[])[] = []
    const walk = (value: unknown, path: readonly string[]): void => {
      if (typeof value === 'object' && value !== null)
        for (const [key, member] of Object.entries(value)) walk(member, [...path, key])
      else leaves.push(path)
    }
    walk(approved(), [])
    const random = seeded(7)
    const sample = leaves.filter(() => random.next() < seeds(0.3, 1))
    expect(sample.length).toBeGreaterThan(10)
    for (const path of sample) {
      const plan: unknown = JSON.parse(JSON.stringify(approved()))
      let at = plan as Record<string, unknown>
      for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
      const last = path.at(-1)!
      const value = at[last]
      at[last] = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)}x`
      expect(refusal(plan), path.join('.')).not.toBe('plan')
    }
  })
})

describe('what differs', () => {
  const codes = (planned: ReturnType<typeof plannedFrom>, scenario: Scenario) =>
    differs(runbook, planned, scenario.assess(), scenario.now).map(({ code, args }) =>
      `${code} ${String(args['step'] ?? '')}`.trim(),
    )

  it('nothing, when everything was looked at again and is the same', () => {
    const scenario = readyToModify()
    const planned = plannedFrom(scenario)
    scenario.now += 60_000
    scenario.see('identify', goodFacts(production).identify)
    scenario.see('preflight', goodFacts(production).preflight)
    expect(codes(planned, scenario)).toEqual([])
  })

  it('a proof that shows something else, and one that has run out', () => {
    const scenario = readyToModify()
    const planned = plannedFrom(scenario)
    const { preflight } = goodFacts(production)
    scenario.see('preflight', {
      ...preflight,
      basis: { ...preflight.basis, pending: { DBInstanceClass: 'db.r7g.large' } },
    })
    expect(codes(planned, scenario).some((one) => one.endsWith('preflight'))).toBe(true)
    const later = readyToModify()
    later.now += DAY
    expect(codes(planned, later)).toContain('plan-proof-missing identify')
  })

  it('what a person said, past its date, whatever holds still', () => {
    const scenario = readyToModify()
    const planned = plannedFrom(scenario)
    const staging = planned.proofs['staging']!
    const said = {
      ...planned,
      proofs: { ...planned.proofs, staging: { ...staging, repeatable: false, validUntil: NOW - 1 } },
    }
    expect(codes(said, scenario)).toEqual(['plan-proof-expired staging'])
  })

  it('another decision, another sequence, another request', () => {
    const scenario = readyToModify()
    const planned = plannedFrom(scenario)
    expect(codes({ ...planned, sequence: 'rollback' }, scenario)).toEqual(['plan-sequence'])
    expect(codes({ ...planned, decisions: { ...planned.decisions, timing: 'window' } }, scenario)).toEqual([
      'plan-decision',
    ])
    const change = { ...planned.change, input: { ...planned.change.input, ApplyImmediately: false } }
    expect(codes({ ...planned, change }, scenario)).toEqual(['plan-request'])
  })
})
