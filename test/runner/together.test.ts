/** Several databases under one confirmation, over the real rules, steps and runner. */
import { describe, expect, it } from 'vitest'
import { changeDigest } from '../../src/rules/change.ts'
import { wholeName, type Confirmation } from '../../src/rules/confirmation.ts'
import { planOf, plannedDatabase, readPlan, type Plan } from '../../src/rules/plan.ts'
import { haltOf, haltWaves, resumeWaves } from '../../src/runner/halt.ts'
import { confirmPlanned, differences, isPlanned, takeDecisions, type PlannedDesk } from '../../src/runner/planned.ts'
import { changeTogether, surveyTogether, type TogetherOptions } from '../../src/runner/together.ts'
import { requestsShown } from '../../src/ui/view/requests-shown.ts'
import { runbook } from '../../steps/index.ts'
import { NEW_CA } from '../support/scripted-region.ts'
import { NOW, WHO } from '../support/scenario.ts'
import { testSession, WORLD, type TestSession } from '../support/session.ts'

const signal = AbortSignal.timeout(60_000)

/** Lets time pass for as long as something sleeps, until it is over. */
async function withTime<T>({ clock }: TestSession, over: Promise<T>): Promise<T> {
  const running = new AbortController()
  const pass = (): void => {
    if (clock.sleeping() > 0) clock.move(5_000)
    if (!running.signal.aborted) setImmediate(pass)
  }
  pass()
  return over.finally(() => running.abort())
}

async function ready(more: Parameters<typeof testSession>[0] = {}): Promise<TestSession> {
  const test = await testSession(more)
  test.region.storeIsStale = false
  return test
}

const desksOf = ({ session }: TestSession) => session.databases.map(({ desk }) => desk)

const confirmed = (digests: Confirmation['digests']): Confirmation => ({
  typed: wholeName('canary', digests.length),
  digests,
  at: NOW,
  by: WHO,
  of: { kind: 'wave', name: 'canary' },
})

async function run(test: TestSession, more: Partial<TogetherOptions> = {}) {
  const desks = desksOf(test)
  const { requests, unready } = await surveyTogether(desks, signal)
  expect(unready).toEqual([])
  const confirmation = confirmed(requests.map(({ change }) => changeDigest(change)))
  const options = {
    applier: test.session.applier,
    confirm: async () => confirmation,
    atOnce: 1,
    halted: async () => false,
    signal,
    ...more,
  }
  return withTime(test, changeTogether(desks, options))
}

const ends = (test: TestSession) => desksOf(test).map((desk) => desk.rotation?.end?.how)

describe('a wave', () => {
  it('changes each database once, a twin before what rests on it, each verified before the next', async () => {
    const test = await ready()
    expect(await run(test)).toEqual({ kind: 'done' })
    expect(test.region.sent).toEqual(['orders-staging', 'orders-production', 'billing-staging', 'billing-production'])
    expect(ends(test)).toEqual(['done', 'done', 'done', 'done'])
    const [first] = desksOf(test)
    expect(first?.rotation?.sendings[0]?.confirmation).toMatchObject({
      typed: 'canary 4',
      of: { kind: 'wave', name: 'canary' },
    })
  })

  it('several at a time wait for those that must come first, and are not given up for it', async () => {
    const test = await ready()
    expect(await run(test, { atOnce: 3 })).toEqual({ kind: 'done' })
    expect([...test.region.sent].sort()).toEqual([...test.region.databases.keys()].sort())
    const at = (name: string) => test.region.sent.indexOf(name)
    expect(at('orders-staging')).toBeLessThan(at('orders-production'))
    expect(at('billing-staging')).toBeLessThan(at('billing-production'))
    expect(ends(test)).toEqual(['done', 'done', 'done', 'done'])
  })

  it('stops at the first that AWS refuses, and begins nothing more', async () => {
    const test = await ready()
    test.region.outcome = { kind: 'refused', code: 'InvalidDBInstanceState', message: 'not now' }
    const stop = await run(test)
    expect(stop).toMatchObject({ kind: 'stopped', why: { kind: 'applied' } })
    expect(test.region.sent).toEqual(['orders-staging'])
  })

  it('is patient with an AWS that is busy: each time a new gate and a new intent', async () => {
    const test = await ready()
    test.region.outcome = { kind: 'refused', code: 'Throttling', message: 'Rate exceeded' }
    const send = test.session.applier.apply
    let tries = 0
    const applier: TogetherOptions['applier'] = {
      mode: 'sends',
      apply: async (...args) => {
        if ((tries += 1) === 3) test.region.outcome = { kind: 'accepted', requestId: 'r' }
        return send(...args)
      },
    }
    expect(await run(test, { applier })).toEqual({ kind: 'done' })
    const intents = desksOf(test)[0]?.rotation?.sendings.map(({ intent }) => intent)
    expect(new Set(intents).size).toBe(3)
  })

  it('stops where a look shows what was not so when it was confirmed', async () => {
    const test = await ready()
    const stop = await run(test, {
      halted: async () => {
        const next = test.region.databases.get('orders-production')
        if (test.region.sent.length === 1 && next) next.pendingOther = { DBInstanceClass: 'db.r7g.large' }
        return false
      },
    })
    expect(stop).toMatchObject({ kind: 'stopped', why: { kind: 'applied', applied: { kind: 'closed' } } })
    expect(stop.kind === 'stopped' && stop.desk.about.name).toBe('orders-production')
    expect(test.region.sent).toEqual(['orders-staging'])
  })

  it('sends nothing to a database whose request was not among those that were counted', async () => {
    const test = await ready()
    const desks = desksOf(test)
    const { requests } = await surveyTogether(desks, signal)
    const some = confirmed(requests.slice(0, 1).map(({ change }) => changeDigest(change)))
    const stop = await withTime(
      test,
      changeTogether(desks, {
        applier: test.session.applier,
        confirm: async () => some,
        atOnce: 1,
        halted: async () => false,
        signal,
      }),
    )
    expect(stop).toMatchObject({ kind: 'stopped', why: { applied: { kind: 'declined' } } })
    expect(test.region.sent).toEqual(['orders-staging'])
  })

  it('heeds a halt before each database, and goes on when it is taken back', async () => {
    const test = await ready()
    const { progress } = test
    const stop = await run(test, {
      halted: async () => {
        if (test.region.sent.length === 2) await haltWaves(progress, [WORLD], 'pages are coming in')
        return (await haltOf(progress, [WORLD])) !== undefined
      },
    })
    expect(stop).toEqual({ kind: 'halted' })
    expect(test.region.sent).toEqual(['orders-staging', 'orders-production'])
    expect(await haltOf(progress, [WORLD])).toMatchObject({ why: 'pages are coming in', by: WHO })

    await resumeWaves(progress, [WORLD])
    expect(await haltOf(progress, [WORLD])).toBeUndefined()
    expect(await run(test)).toEqual({ kind: 'done' })
    expect(test.region.sent).toHaveLength(4)
  })

  it('a survey names what something else than the wave keeps back', async () => {
    const test = await testSession()
    const { requests, unready } = await surveyTogether(desksOf(test), signal)
    expect(requests).toEqual([])
    expect(unready.map(({ desk, hindrances: [first] }) => [desk.about.name, first?.position.step])).toEqual(
      [...test.region.databases.keys()].map((name) => [name, 'trust-stores']),
    )
    expect(test.region.sent).toEqual([])
  })

  it('a survey says of each the first step that lacks something, with its own reason and cure', async () => {
    const test = await testSession()
    const [line, says, cure] = requestsShown(runbook, await surveyTogether(desksOf(test), signal))
    expect(line).toBe('orders-staging is not ready, at 04 Check every trust store:')
    expect(says).toMatch(/reports/)
    expect(cure).toMatch(/^ {4}→ /)
  })

  it('one that is on its target and lacks what only a person can give is not ready: the wave could not come to its end', async () => {
    const declared = () => ({ target: { ca: NEW_CA } })
    const test = await ready({ databases: [['orders-staging', 'postgres']], declared })
    const record = test.region.databases.get('orders-staging')
    if (record) record.ca = NEW_CA
    const { requests, unready } = await surveyTogether(desksOf(test), signal)
    expect(requests).toEqual([])
    expect(unready.map(({ hindrances: [first] }) => first?.position.step)).toEqual(['verify'])
    expect(requestsShown(runbook, { requests, underWay: [], unready })[1]).toMatch(/undecided|not decided/i)
  })
})

async function planned(test: TestSession): Promise<Plan> {
  const { requests } = await surveyTogether(desksOf(test), signal)
  const databases = requests.map(({ desk, step, change }) => plannedDatabase(desk.about, desk.assess(), step, change))
  const draft = { name: 'tuesday', at: NOW, by: WHO, approver: 'Tanaka', databases }
  const read = readPlan(JSON.parse(JSON.stringify(planOf(draft, wholeName('tuesday', databases.length), NOW))))
  if (read.kind !== 'plan') throw new Error(read.why.code)
  return read.plan
}

const plannedDesks = (test: TestSession, plan: Plan): PlannedDesk[] =>
  plan.databases.map((one) => {
    const desk = desksOf(test).find(({ about }) => about.subject.id === one.subject.id)
    if (!desk) throw new Error(one.name)
    return { desk, planned: one, resumes: isPlanned(desk, plan) }
  })

async function carryOut(test: TestSession, plan: Plan) {
  const desks = plannedDesks(test, plan)
  const found = await differences(desks, signal)
  if (found.length > 0)
    return found.map(({ name, reasons }) => [
      name,
      ...reasons.map(({ code, args }) => `${code} ${String(args['step'] ?? '')}`.trim()),
    ])
  for (const one of desks) await takeDecisions(one, plan)
  const options = {
    applier: test.session.applier,
    confirm: confirmPlanned(plan, desks),
    atOnce: 1,
    halted: async () => false,
    signal,
  }
  return withTime(
    test,
    changeTogether(
      desks.map(({ desk }) => desk),
      options,
    ),
  )
}

describe('a plan', () => {
  it('is carried out as it was approved, and leaves the same evidence as the wizard', async () => {
    const test = await ready()
    const plan = await planned(test)
    expect(await carryOut(test, plan)).toEqual({ kind: 'done' })
    expect(ends(test)).toEqual(['done', 'done', 'done', 'done'])
    const wizard = await ready()
    await run(wizard)
    const evidence = (one: TestSession) =>
      desksOf(one).map(({ own }) => Object.values(own.state.evidence).map(({ step, digest }) => [step, digest]))
    expect(evidence(test)).toEqual(evidence(wizard))
    expect(desksOf(test)[0]?.rotation?.sendings[0]?.confirmation).toMatchObject({
      of: { kind: 'plan', plan: plan.plan, approver: 'Tanaka' },
    })
  })

  it('goes on where it was killed, and sends nothing again', async () => {
    const test = await ready()
    const plan = await planned(test)
    const stop = new AbortController()
    const desks = plannedDesks(test, plan)
    const killed = changeTogether(
      desks.map(({ desk }) => desk),
      {
        applier: test.session.applier,
        confirm: confirmPlanned(plan, desks),
        atOnce: 1,
        halted: async () => {
          if (test.region.sent.length === 1) stop.abort(new Error('killed'))
          return false
        },
        signal: stop.signal,
      },
    )
    await expect(withTime(test, killed)).rejects.toThrow('killed')
    expect(test.region.sent).toEqual(['orders-staging'])
    expect(await carryOut(test, plan)).toEqual({ kind: 'done' })
    expect(test.region.sent).toHaveLength(4)
    expect(new Set(test.region.sent).size).toBe(4)
  })

  it('is refused whole where a fact differs', async () => {
    const test = await ready()
    const plan = await planned(test)
    test.region.storeIsStale = true
    const refused = await carryOut(test, plan)
    expect(refused).toHaveLength(4)
    expect(JSON.stringify(refused)).toContain('plan-proof-missing trust-stores')
    expect(test.region.sent).toEqual([])
  })

  it('is refused where the request would be another by now', async () => {
    const test = await ready()
    const plan = await planned(test)
    await desksOf(test)[0]?.decide('timing', 'window', 'screen')
    expect(JSON.stringify(await carryOut(test, plan))).toContain('plan-request')
    expect(test.region.sent).toEqual([])
  })

  it('takes the approved decisions over where nobody has taken any, as what they are', async () => {
    const declared = (name: string) => ({
      environment: name.endsWith('staging') ? ('staging' as const) : ('production' as const),
      applications: [],
      clients: ['orders_api', 'reports']
        .map((user) => ({ user, application: user, as: 'not-ours' as const, why: 'x' }))
        .concat([{ user: 'dbadmin', application: 'psql', as: 'not-ours', why: 'x' }]),
      twin: 'none' as const,
    })
    const wish = { databases: [['orders-staging', 'postgres']] as const, declared }
    const there = await ready(wish)
    const plan = await planned(there)
    const here = await ready(wish)
    expect(here.session.databases[0]?.desk.decided.target).toBeUndefined()
    expect(await carryOut(here, plan)).toEqual({ kind: 'done' })
    expect(here.session.databases[0]?.desk.rotation?.decisions.target?.said).toBe('plan tuesday, approved by Tanaka')
  })
})
