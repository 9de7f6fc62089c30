import { describe, expect, it } from 'vitest'
import type { Facts } from '../../steps/facts.ts'
import {
  BEFORE_CHANGE,
  DAY,
  HOUR,
  MINUTE,
  NEW_ROOT,
  NOW,
  Scenario,
  capturedAt,
  databaseSubject,
  finishedTwin,
  goodFacts,
  production,
  readyToModify,
} from '../support/scenario.ts'

const gateOf = (scenario: Scenario) => scenario.position('modify').gate
const blockersOf = (scenario: Scenario) => {
  const gate = gateOf(scenario)
  return gate.open
    ? []
    : gate.blockers.map(({ code, args }) => [code, args['step'], args['standing']].filter(Boolean).join(' '))
}

describe('the gate of 07', () => {
  it('is open when 01 to 06 are proven and the twin serves the target, until the first proof runs out', () => {
    const scenario = readyToModify()
    const gate = gateOf(scenario)
    expect(blockersOf(scenario)).toEqual([])
    expect(gate).toMatchObject({ open: true, until: NOW - MINUTE + 15 * MINUTE })
    expect(gate.open && gate.change).toEqual({
      api: 'ModifyDBInstance',
      world: 'aws|123456789012',
      region: 'ap-northeast-1',
      resourceId: 'db-PRODUCTION',
      input: {
        DBInstanceIdentifier: 'orders-production',
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        ApplyImmediately: true,
      },
    })
  })

  it.each(BEFORE_CHANGE)('is closed without %s, and names it with its cure', (missing) => {
    const scenario = new Scenario(production)
    scenario.twin = finishedTwin()
    scenario.start()
    const facts = goodFacts(production)
    for (const step of BEFORE_CHANGE) if (step !== missing) scenario.see(step, facts[step])
    const gate = gateOf(scenario)
    expect(gate.open).toBe(false)
    expect(blockersOf(scenario)).toContain(`own-need ${missing} missing`)
    expect(!gate.open && gate.blockers.every(({ cure }) => cure.do === 'step')).toBe(true)
  })

  it.each([
    ['identify', HOUR],
    ['census', 7 * DAY],
    ['bundle', 7 * DAY],
    ['trust-stores', DAY],
    ['staging', DAY],
    ['preflight', 15 * MINUTE],
  ] as const)('closes when %s has run out, and not a moment before', (step, age) => {
    const scenario = readyToModify()
    scenario.now = NOW - MINUTE + age
    const good = goodFacts(production)
    const facts = { ...good, staging: capturedAt(good.staging, scenario.now) }
    for (const other of BEFORE_CHANGE) if (other !== step) scenario.see(other, facts[other])
    expect(blockersOf(scenario)).toEqual([])
    scenario.now += 1
    expect(blockersOf(scenario)).toContain(`own-need ${step} expired`)
  })

  it('lets a chain that was captured earlier age from its own time', () => {
    const scenario = readyToModify()
    scenario.see('staging', capturedAt(goodFacts(production).staging, NOW - DAY))
    expect(blockersOf(scenario)).toEqual([])
    scenario.now += 1
    expect(blockersOf(scenario)).toEqual(['own-need staging expired'])
  })

  it('takes evidence dated in the future for expired', () => {
    const scenario = readyToModify()
    scenario.see('preflight', goodFacts(production).preflight, { at: NOW + HOUR })
    expect(blockersOf(scenario)).toEqual(['own-need preflight expired'])
  })

  it.each([
    ['another database', databaseSubject('db-OTHER')],
    ['another account', databaseSubject('db-PRODUCTION', 'aws|210987654321')],
    ['a rehearsal', databaseSubject('db-PRODUCTION', 'http://127.0.0.1:7001|000000000000')],
    ['another Region', { ...production.subject, region: 'us-east-1' }],
  ])('is not opened by evidence of %s', (_, subject) => {
    const scenario = readyToModify()
    scenario.see('preflight', goodFacts(production).preflight, { subject })
    expect(blockersOf(scenario)).toEqual(['own-need preflight foreign'])
  })

  it('is not opened by facts of another version of a step, or by facts that its schema refuses', () => {
    const older = readyToModify()
    older.see('preflight', goodFacts(production).preflight, { version: 0 })
    expect(blockersOf(older)).toEqual(['own-need preflight outdated'])
    const edited = readyToModify()
    edited.see('preflight', { basis: { status: 'available' }, detail: {} } as unknown as Facts['preflight'])
    expect(blockersOf(edited)).toEqual(['own-need preflight outdated'])
  })

  it('outdates what rests on a changed digest, like a build system, and nothing else', () => {
    const scenario = readyToModify()
    const facts = goodFacts(production)
    facts.identify.basis.engineVersion = '16.5'
    scenario.see('identify', facts.identify)
    const standing = (step: keyof Facts) => scenario.position(step).standing
    expect(
      ['census', 'bundle', 'trust-stores', 'staging', 'preflight'].map((step) => standing(step as keyof Facts)),
    ).toEqual(['outdated', 'proven', 'outdated', 'outdated', 'outdated'])
    // Looked at again in order, the same is seen, and what rests on the same digests holds again.
    for (const step of ['census', 'staging', 'preflight'] as const) scenario.see(step, facts[step])
    expect(blockersOf(scenario)).toEqual([])
  })

  it('closes when the target is decided anew: nothing was proven for that one', () => {
    const scenario = readyToModify()
    Object.assign(scenario.declared, { target: { ca: 'rds-ca-2019' } })
    expect(gateOf(scenario).open).toBe(false)
  })

  it('closes when the twin has not proven 09, and when evidence is another database’s twin', () => {
    const behind = readyToModify()
    behind.twin = new Scenario(finishedTwin().about)
    expect(behind.position('staging').gate).toMatchObject({ open: false })
    const another = readyToModify()
    Object.assign(another.declared, { twin: { subject: databaseSubject('db-ELSE'), name: 'else' } })
    expect(blockersOf(another)).toContain('own-need staging outdated')
  })

  it('closes while somebody else holds the lock', async () => {
    const { assess } = await import('../../src/rules/assess.ts')
    const { runbook } = await import('../../steps/index.ts')
    const holder = { user: 'ito', host: 'other', pid: 7, self: false }
    const gate = assess(runbook, readyToModify().known(), NOW, { holder }).steps.get('modify')!.gate
    expect(!gate.open && gate.blockers.map(({ code, args }) => [code, args['user']])).toEqual([['held', 'ito']])
  })
})

describe('shortfalls', () => {
  const withPending = () => {
    const scenario = readyToModify()
    const facts = goodFacts(production).preflight
    facts.basis.pending = { DBInstanceClass: 'db.m7g.xlarge' }
    scenario.see('preflight', facts)
    return { scenario, facts }
  }

  it('are met by a waiver that covers exactly them, in this rotation', () => {
    const { scenario, facts } = withPending()
    const [short] = scenario.position('preflight').shortfalls
    expect(short?.shortfall).toMatchObject({ code: 'pending-change', allows: 'waiver' })
    const { code, args } = short!.shortfall
    scenario.put(production, {
      kind: 'waived',
      rotation: 'rotation-1',
      step: 'preflight',
      code,
      args,
      covers: short!.covers,
      why: 'planned',
    })
    expect(scenario.position('preflight').standing).toBe('waived')
    expect(blockersOf(scenario)).toEqual([])
    facts.basis.pending = { DBInstanceClass: 'db.m7g.8xlarge' }
    scenario.see('preflight', facts)
    expect(scenario.position('preflight').standing).toBe('not-proven')
  })

  it('are not met by a waiver of another rotation', () => {
    const { scenario } = withPending()
    const [short] = scenario.position('preflight').shortfalls
    const { code, args } = short!.shortfall
    scenario.put(production, {
      kind: 'waived',
      rotation: 'rotation-0',
      step: 'preflight',
      code,
      args,
      covers: short!.covers,
      why: 'planned',
    })
    expect(scenario.position('preflight').standing).toBe('not-proven')
  })

  it('that only proof meets cannot be waived or attested, whatever is on record', () => {
    const scenario = readyToModify()
    const facts = goodFacts(production)['trust-stores']
    facts.basis.stores[0]!.roots = facts.basis.stores[0]!.roots.filter((root) => root !== NEW_ROOT)
    scenario.see('trust-stores', facts)
    const [short] = scenario.position('trust-stores').shortfalls
    const { code, args } = short!.shortfall
    expect(code).toBe('target-root-missing')
    scenario.put(production, {
      kind: 'waived',
      rotation: 'rotation-1',
      step: 'trust-stores',
      code,
      args,
      covers: short!.covers,
      why: 'no',
    })
    const api = short!.about!
    scenario.put(api, {
      kind: 'attested',
      step: 'trust-stores',
      code,
      args,
      covers: short!.covers,
      name: 'Ito',
      ticket: 'X-1',
      until: NOW + DAY,
    })
    expect(scenario.position('trust-stores').standing).toBe('not-proven')
  })

  it('are attested until a date, and shown as attested', () => {
    const scenario = readyToModify()
    const facts = goodFacts(production)['trust-stores']
    facts.basis.stores = []
    scenario.see('trust-stores', facts)
    const [short] = scenario.position('trust-stores').shortfalls
    const { code, args } = short!.shortfall
    const until = NOW + 10 * MINUTE
    scenario.put(short!.about!, {
      kind: 'attested',
      step: 'trust-stores',
      code,
      args,
      covers: short!.covers,
      name: 'Ito',
      ticket: 'OPS-1',
      until,
    })
    expect(scenario.position('trust-stores').standing).toBe('attested')
    scenario.see('staging', goodFacts(production).staging)
    expect(gateOf(scenario)).toMatchObject({ open: true, until })
    scenario.now = until
    expect(scenario.position('trust-stores').standing).toBe('not-proven')
  })

  it('make what was seen no younger: a chain that was captured earlier ages from its own time', () => {
    const scenario = readyToModify()
    const { basis, detail } = capturedAt(goodFacts(production).staging, NOW - DAY + HOUR)
    scenario.see('staging', { basis: { ...basis, checks: { 'orders-api': false } }, detail })
    const [short] = scenario.position('staging').shortfalls
    const { code, args } = short!.shortfall
    const word = { step: 'staging', code, args, covers: short!.covers, name: 'Ito', ticket: 'OPS-1' }
    scenario.put(production, { kind: 'attested', ...word, until: NOW + 3 * DAY })
    expect(scenario.position('staging')).toMatchObject({ standing: 'attested', until: NOW + HOUR })
    scenario.now += HOUR + 1
    expect(scenario.position('staging').standing).toBe('expired')
  })
})

describe('looks that fail', () => {
  const permission = {
    kind: 'attempt',
    step: 'census',
    reason: { code: 'permission', args: { permission: 'x' } },
  } as const

  it('take nothing from evidence that holds', () => {
    const scenario = readyToModify()
    scenario.put(production, permission)
    expect(scenario.position('census').standing).toBe('proven')
  })

  it('are "cannot look" where nothing holds, waivable where the step allows it', () => {
    const scenario = new Scenario(production)
    scenario.twin = finishedTwin()
    scenario.start()
    scenario.see('identify', goodFacts(production).identify)
    scenario.put(production, permission)
    const position = scenario.position('census')
    expect(position.standing).toBe('cannot-look')
    const [short] = position.shortfalls
    scenario.put(production, {
      kind: 'waived',
      rotation: 'rotation-1',
      step: 'census',
      code: 'permission',
      args: { permission: 'x' },
      covers: short!.covers,
      why: 'no log-in here',
    })
    expect(scenario.position('census').standing).toBe('waived')
    // What rests on it can be looked at now, with the census given as undefined.
    expect(scenario.position('trust-stores').gate.open).toBe(false)
    scenario.see('bundle', goodFacts(production).bundle)
    expect(scenario.position('trust-stores').gate.open).toBe(true)
  })
})

describe('nothing declared', () => {
  it('is not a proof: 04 stays closed until it is decided that there are no applications', () => {
    const scenario = readyToModify()
    Object.assign(scenario.declared, { applications: undefined })
    expect(scenario.position('trust-stores').standing).not.toBe('proven')
    expect(gateOf(scenario).open).toBe(false)
    scenario.put(production, {
      kind: 'decided',
      rotation: 'rotation-1',
      decision: 'applications',
      value: [],
      said: 'typed',
    })
    delete (scenario.declared as Record<string, unknown>)['applications']
    expect(scenario.position('trust-stores').standing).toBe('proven')
    // The census still has a TLS client, and it is nobody's now.
    expect(scenario.position('census').shortfalls[0]?.shortfall).toMatchObject({ code: 'client-unaccounted' })
  })
})

describe('a twin that is not decided on', () => {
  const withoutTwin = () => {
    const scenario = readyToModify()
    for (const name of ['environment', 'twin']) delete (scenario.declared as Record<string, unknown>)[name]
    return scenario
  }

  it('is asked for, once, and no nameless database is to be rotated first', () => {
    expect(withoutTwin().position('staging').gate).toEqual({
      open: false,
      blockers: [{ code: 'undecided', args: { decision: 'twin' }, cure: { do: 'decide', decision: 'twin' } }],
    })
  })

  it('is none where it is decided that this is staging: it proves on its own endpoint', () => {
    const scenario = withoutTwin()
    const decided = { kind: 'decided', rotation: 'rotation-1', decision: 'environment', value: 'staging' } as const
    scenario.put(production, { ...decided, said: 'chosen' })
    expect(scenario.position('staging').gate.open).toBe(true)
  })
})

describe('a change that is not ours to make', () => {
  const onTarget = (ca: string, pendingCa?: string) => {
    const scenario = new Scenario(production)
    scenario.start()
    const facts = goodFacts(production, ca)
    if (pendingCa) facts.identify.detail.pendingCa = pendingCa
    scenario.see('identify', facts.identify)
    return { scenario, facts }
  }

  it('a database that is on the target already goes to 09: 07 and 08 do not apply, and 04 to 06 are not waited for', () => {
    const { scenario, facts } = onTarget('rds-ca-rsa2048-g1')
    expect(['modify', 'settle'].map((step) => scenario.position(step as keyof Facts).standing)).toEqual([
      'not-applicable',
      'not-applicable',
    ])
    expect(scenario.assess().next).toBe('bundle')
    scenario.see('bundle', facts.bundle)
    expect(scenario.assess().next).toBe('verify')
    expect(scenario.position('verify').gate.open).toBe(true)
    scenario.see('verify', facts.verify)
    expect(scenario.assess()).toMatchObject({ next: 'census', urgent: [] })
    scenario.see('census', facts.census)
    scenario.see('close-out', facts['close-out'])
    expect(scenario.assess().next).toBeUndefined()
  })

  it('one that somebody else is changing enters at 08, and says so', () => {
    const { scenario, facts } = onTarget('rds-ca-2019', 'rds-ca-rsa2048-g1')
    expect(scenario.position('modify')).toMatchObject({
      standing: 'not-applicable',
      reason: { code: 'changed-outside' },
      gate: { open: false },
    })
    scenario.see('census', facts.census)
    scenario.see('bundle', facts.bundle)
    expect(scenario.assess().next).toBe('settle')
    expect(scenario.position('settle').gate.open).toBe(true)
    // Its clients are not proven, and that is still to be seen.
    expect(scenario.position('trust-stores').standing).toBe('missing')
  })
})

describe('a look that has to wait', () => {
  const reason = { code: 'handshakes-spent', args: { endpoint: 'db.example:3306' } }
  const waiting = () => {
    const scenario = readyToModify()
    scenario.now = NOW + DAY
    scenario.put(production, { kind: 'attempt', step: 'staging', reason, until: scenario.now + HOUR })
    return scenario
  }

  it('waits until its time, and is neither a failure nor evidence', () => {
    const scenario = waiting()
    const position = scenario.position('staging')
    expect(position).toMatchObject({ standing: 'waiting', reason, until: scenario.now + HOUR })
    expect(blockersOf(scenario)).toContain('own-need staging waiting')
  })

  it('takes nothing from facts that hold', () => {
    const scenario = readyToModify()
    scenario.put(production, { kind: 'attempt', step: 'staging', reason, until: NOW + HOUR })
    expect(scenario.position('staging').standing).toBe('proven')
  })

  it('may be answered as a look that fails may', () => {
    const scenario = waiting()
    const [short] = scenario.position('staging').shortfalls
    expect(short?.shortfall).toEqual({ ...reason, allows: 'attestation' })
  })
})
