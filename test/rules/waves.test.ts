/** Waves: which database is in which, in what order, and when a wave may begin. */
import { describe, expect, it } from 'vitest'
import { confirmationFails, wholeName } from '../../src/rules/confirmation.ts'
import { changeDigest, type Change } from '../../src/rules/change.ts'
import {
  REST,
  progressOf,
  selects,
  unready,
  waveBlockers,
  wavesOf,
  waveStanding,
  type MemberProgress,
  type WaveCandidate,
  type WaveDeclared,
} from '../../src/rules/waves.ts'
import { runbook } from '../../steps/index.ts'
import { Scenario, goodFacts, NOW, HOUR, production, readyToModify, staging, WHO } from '../support/scenario.ts'
import type { Subject } from '../../src/rules/words.ts'
import { seeded, seeds } from '../support/seeded.ts'

const candidate = (name: string, more: Partial<WaveCandidate> = {}): WaveCandidate => ({
  name,
  meantBy: [name],
  region: 'eu-central-1',
  environment: 'production',
  tags: {},
  ...more,
})

describe('a selector', () => {
  const orders = candidate('orders-production', { tags: { team: 'orders', tier: '1' } })
  it.each([
    [{ databases: ['orders-production'] }, true],
    [{ databases: ['orders'] }, false],
    [{ names: ['orders-*'] }, true],
    [{ names: ['*staging', 'orders-prod'] }, false],
    [{ tags: { team: 'orders' } }, true],
    [{ tags: { team: 'orders', tier: '2' } }, false],
    [{ regions: ['eu-central-1'], environment: 'production' as const }, true],
    [{ regions: ['eu-central-1'], environment: 'staging' as const }, false],
    [{}, false],
  ])('%j', (selector, expected) => {
    expect(selects(selector, orders)).toBe(expected)
  })

  it('takes the members of a cluster that is named', () => {
    const member = candidate('shop-1', { meantBy: ['shop-1', 'cluster:shop', 'shop'] })
    expect(selects({ databases: ['shop'] }, member)).toBe(true)
    expect(selects({ databases: ['cluster:shop'], environment: 'staging' }, member)).toBe(false)
    expect(selects({ databases: ['shop'] }, orders)).toBe(false)
  })
})

const declared = (name: string, more: Partial<WaveDeclared>): WaveDeclared => ({ name, atOnce: 1, bake: 0, ...more })

describe('waves', () => {
  it('take each database once, the first that selects it, in the order given; what is left over comes last', () => {
    const all = ['b-staging', 'a-staging', 'orders', 'billing'].map((name) => candidate(name))
    const waves = wavesOf(
      [declared('canary', { names: ['*-staging'] }), declared('all-of-a', { names: ['a*', 'orders'] })],
      all,
      (one) => one,
    )
    expect(waves.map(({ name, members }) => [name, members.map((one) => one.name)])).toEqual([
      ['canary', ['b-staging', 'a-staging']],
      ['all-of-a', ['orders']],
      [REST, ['billing']],
    ])
  })

  it('forget nobody and take nobody twice, whatever is declared', () => {
    for (let seed = 0; seed < seeds(50, 2000); seed += 1) {
      const random = seeded(seed)
      const all = Array.from({ length: random.below(30) }, (_, index) =>
        candidate(`db-${index}`, {
          environment: random.oneOf(['staging', 'production']),
          tags: { t: `${random.below(3)}` },
        }),
      )
      const waves = Array.from({ length: random.below(5) }, (_, index) =>
        declared(
          `w${index}`,
          random.oneOf([
            { names: [`db-${random.below(3)}*`] },
            { tags: { t: '1' } },
            { environment: 'staging' as const },
            { databases: [`db-${random.below(30)}`] },
          ]),
        ),
      )
      const placed = wavesOf(waves, all, (one) => one).flatMap(({ members }) => members.map(({ name }) => name))
      expect([...placed].sort(), `seed ${seed}`).toEqual(all.map(({ name }) => name).sort())
    }
  })
})

const done = (at: number): MemberProgress => ({ kind: 'done', at })
const wentBack: MemberProgress = { kind: 'went-back' }
const toDo: MemberProgress = { kind: 'to-do' }

describe('a wave’s standing', () => {
  it.each([
    ['nothing in it', [], { kind: 'empty' }],
    ['nothing begun', [toDo, toDo], { kind: 'to-do' }],
    ['one done', [done(NOW - HOUR), toDo], { kind: 'under-way' }],
    ['one taken back, one to do', [wentBack, toDo], { kind: 'under-way' }],
    ['one taken back, the rest done', [wentBack, done(NOW - HOUR)], { kind: 'went-back' }],
    ['one sent', [{ kind: 'under-way' } as const, toDo], { kind: 'under-way' }],
    ['all done, a minute short of baked', [done(NOW - HOUR + 60_000)], { kind: 'baking', until: NOW + 60_000 }],
    ['all done and baked', [done(NOW - 2 * HOUR), done(NOW - HOUR)], { kind: 'done', at: NOW - HOUR }],
    ['done in the future: a clock was wrong', [done(NOW + 5)], { kind: 'baking', until: NOW + 5 + HOUR }],
  ] as const)('%s', (_what, members, expected) => {
    expect(waveStanding({ bake: HOUR }, members, NOW)).toEqual(expected)
  })

  it('closes the waves behind it until it is done and baked, and a halt closes all', () => {
    const canary = (standing: ReturnType<typeof waveStanding>) => [
      { name: 'canary', standing },
      { name: 'all', standing: { kind: 'to-do' } as const },
      { name: 'none', standing: { kind: 'empty' } as const },
    ]
    const codes = (...of: Parameters<typeof waveBlockers>) => waveBlockers(...of).map(({ code }) => code)
    expect(codes('all', canary({ kind: 'to-do' }), undefined)).toEqual(['wave-before'])
    expect(codes('all', canary({ kind: 'under-way' }), undefined)).toEqual(['wave-before'])
    expect(codes('all', canary({ kind: 'baking', until: NOW + 1 }), undefined)).toEqual(['wave-baking'])
    expect(codes('all', canary({ kind: 'done', at: NOW }), undefined)).toEqual([])
    expect(codes('all', canary({ kind: 'went-back' }), undefined)).toEqual(['wave-went-back'])
    expect(codes('canary', canary({ kind: 'to-do' }), undefined)).toEqual([])
    expect(codes('canary', canary({ kind: 'to-do' }), { why: 'pages', at: NOW, by: WHO })).toEqual(['waves-halted'])
    expect(codes('none', canary({ kind: 'done', at: NOW }), undefined)).toEqual(['wave-before', 'wave-empty'])
  })
})

describe('a database of a wave', () => {
  it('is to do, under way from its intent until it is verified, and done', () => {
    const scenario = readyToModify()
    expect(progressOf(scenario.assess())).toEqual({ kind: 'to-do' })
    scenario.send('modify', 'none')
    expect(progressOf(scenario.assess())).toEqual({ kind: 'under-way' })
    const ended = readyToModify()
    ended.put(ended.about, { kind: 'rotation-ended', rotation: 'rotation-1', how: 'done', kept: {} })
    expect(progressOf(ended.assess())).toEqual({ kind: 'done', at: NOW })
    const given = readyToModify()
    given.put(given.about, { kind: 'rotation-ended', rotation: 'rotation-1', how: 'abandoned', kept: {} })
    expect(progressOf(given.assess())).toEqual({ kind: 'to-do' })
    for (const [sequence, how, kind] of [
      ['leaf-renewal', 'done', 'to-do'],
      ['cancellation', 'done', 'to-do'],
      ['rollback', 'rolled-back', 'went-back'],
      ['rollback', 'done', 'done'],
    ] as const) {
      const other = readyToModify()
      other.put(other.about, { kind: 'rotation-started', rotation: 'rotation-2', sequence, name: 'orders-production' })
      other.put(other.about, { kind: 'rotation-ended', rotation: 'rotation-2', how, kept: {} })
      expect(progressOf(other.assess()).kind, sequence).toBe(kind)
    }
  })

  it('is ready when its gate is open, or waits for its twin of the same wave alone', () => {
    const reasons = (scenario: Scenario, ...set: Subject[]) =>
      unready(runbook, scenario.assess(), set).map(({ position: { step, standing }, blockers }) =>
        [step, standing, ...blockers.map(({ code }) => code)].join(' '),
      )
    expect(reasons(readyToModify())).toEqual([])

    const behind = readyToModify()
    behind.twin = new Scenario(staging)
    expect(reasons(behind, staging.subject)).toEqual([])
    // The same name in another account is another database.
    expect(reasons(behind, { ...staging.subject, world: 'aws|999999999999' })).toEqual(reasons(behind))
    expect(reasons(behind).length).toBeGreaterThan(0)

    const short = readyToModify()
    const facts = goodFacts(production)
    facts.preflight.basis.status = 'storage-optimization'
    short.see('preflight', facts.preflight)
    expect(reasons(short, staging.subject)).toEqual(['preflight not-proven'])
  })
})

describe('one confirmation for several', () => {
  const change = (name: string): Change => ({
    api: 'ModifyDBInstance',
    world: 'aws|1',
    region: 'eu-central-1',
    resourceId: name,
    input: { DBInstanceIdentifier: name },
  })
  const [a, b, c] = [change('a'), change('b'), change('c')]
  const digests = [changeDigest(a), changeDigest(b)]
  const of = { kind: 'wave' as const, name: 'canary' }
  const said = (typed: string, more = {}) => ({ typed, digests, at: NOW, by: WHO, of, ...more })

  it('covers exactly the requests that were counted', () => {
    expect(wholeName('canary', 2)).toBe('canary 2')
    expect(confirmationFails(said('canary 2'), 'a', a)).toBeUndefined()
    expect(confirmationFails(said('canary 2'), 'b', b)).toBeUndefined()
    expect(confirmationFails(said('canary 2'), 'c', c)).toContain('another request')
  })
  it.each(['canary', 'canary 3', 'a', '', 'canary  2'])('is not "%s"', (typed) => {
    expect(confirmationFails(said(typed), 'a', a)).toContain('what has to be typed is "canary 2"')
  })
  it('does not count one request twice', () => {
    const twice = said('canary 2', { digests: [changeDigest(a), changeDigest(a)] })
    expect(confirmationFails(twice, 'a', a)).toContain('twice')
  })
  it('a database’s own is its name alone', () => {
    expect(confirmationFails(said('a', { of: undefined }), 'a', a)).toBeUndefined()
    expect(confirmationFails(said('canary 2', { of: undefined }), 'a', a)).toContain('the name is "a"')
  })
})
