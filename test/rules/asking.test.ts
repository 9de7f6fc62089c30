import { describe, expect, it } from 'vitest'
import {
  ANSWER_AGE,
  answersOf,
  refusalOf,
  stillAsks,
  type AskedAbout,
  type Correspondence,
  type Probed,
} from '../../src/rules/asking.ts'
import { parseBody, type BodyOf } from '../../src/rules/entries.ts'
import { EMPTY_RECORD, fold } from '../../src/rules/record.ts'
import {
  api,
  DAY,
  goodFacts,
  HOUR,
  MINUTE,
  NEW_ROOT,
  NOW,
  production,
  readyToModify,
  WHO,
} from '../support/scenario.ts'

const about: AskedAbout = {
  endpoints: [{ host: 'orders-staging.example', port: 5432, engine: 'postgres' }],
  roots: [{ region: 'eu-central-1', sha1: NEW_ROOT, sha256: 'b'.repeat(64) }],
}
const digests = { storeDigest: '1'.repeat(64), bundleDigest: '2'.repeat(64) }
const probed: Probed = {
  question: 'q1',
  application: 'orders-api',
  ranAt: NOW,
  host: 'orders-7f9',
  user: 'app',
  store: '/etc/ssl/rds.pem',
  certificates: 3,
  roots: [NEW_ROOT],
  ...digests,
  regions: ['eu-central-1'],
  handshakes: [{ host: 'orders-staging.example', port: 5432, result: 'ok', leaf: 'c'.repeat(64) }],
}
const putQuestion = (question: string, what = about): BodyOf<'question'> => ({
  kind: 'question',
  question,
  nonce: 'n'.repeat(32),
  endpoints: [...what.endpoints],
  roots: [...what.roots],
})
const reply = (line: string, change: Partial<Probed> = {}): BodyOf<'replied'> => {
  const saw = { ...probed, ...change }
  return {
    kind: 'replied',
    line,
    from: 'stdin',
    ...saw,
    roots: [...saw.roots],
    regions: [...saw.regions],
    handshakes: [...saw.handshakes],
  }
}
const recordOf = (...bodies: readonly (BodyOf<'question'> | BodyOf<'replied'>)[]): Correspondence =>
  bodies.reduce(
    (record, body) => fold(record, { at: NOW, who: WHO, body: parseBody(structuredClone(body)) }),
    EMPTY_RECORD,
  )

const refused = (change: Partial<Probed>, record = recordOf(putQuestion('q1')), now = NOW, line = 'l1') =>
  refusalOf({ ...probed, ...change }, line, 'orders-api', record, digests, now)?.code

describe('a reply', () => {
  it('is taken in when it answers the question that stands', () => {
    expect(refused({})).toBeUndefined()
    expect(refused({ handshakes: [] })).toBeUndefined()
    expect(refused({}, undefined, NOW + ANSWER_AGE)).toBeUndefined()
  })

  it.each<[string, Partial<Probed>, (Correspondence | undefined)?, number?]>([
    ['unknown-question', { question: 'q9' }],
    ['other-application', { application: 'reports' }],
    ['other-endpoint', { handshakes: [{ host: 'orders-production.example', port: 5432, result: 'ok' }] }],
    ['other-endpoint', { handshakes: [{ host: 'orders-staging.example', port: 5433, result: 'ok' }] }],
    ['other-region', { regions: ['us-east-1'] }],
    ['other-region', { regions: ['eu-central-1', 'us-east-1'] }],
    ['other-bundle', { bundleDigest: '3'.repeat(64) }],
    ['inconsistent', { storeDigest: '3'.repeat(64) }],
    ['superseded', {}, recordOf(putQuestion('q1'), putQuestion('q2'))],
    ['too-old', {}, undefined, NOW + ANSWER_AGE + 1],
    ['in-the-future', { ranAt: NOW + HOUR }],
    ['before-asked', { ranAt: NOW - HOUR }],
    ['duplicate', {}, recordOf(putQuestion('q1'), reply('l1'))],
  ])('is refused as %s', (code, change, record, now) => {
    expect(refused(change, record, now)).toBe(code)
  })
})

describe('a question', () => {
  it('is put again as it is while it asks the same and is young', () => {
    const question = recordOf(putQuestion('q1')).questions[0]!
    expect(stillAsks(question, about, NOW + 6 * DAY)).toBe(true)
    expect(stillAsks(question, about, NOW + 8 * DAY)).toBe(false)
    expect(stillAsks(question, { ...about, roots: [] }, NOW)).toBe(false)
    expect(stillAsks(question, { ...about, endpoints: [] }, NOW)).toBe(false)
  })
})

describe('the replies that count', () => {
  it('are the last run of each place, whatever order they came in', () => {
    const record = recordOf(
      putQuestion('q1'),
      reply('new', { ranAt: NOW + MINUTE }),
      reply('old'),
      reply('elsewhere', { host: 'cron-1' }),
    )
    expect(answersOf(record).map(({ line }) => line)).toEqual(['new', 'elsewhere'])
  })

  it('are those to the last question that was answered', () => {
    const asked = [putQuestion('q1'), reply('l1'), putQuestion('q2')] as const
    expect(answersOf(recordOf(...asked)).map(({ line }) => line)).toEqual(['l1'])
    expect(
      answersOf(recordOf(...asked, reply('l2', { question: 'q2', host: 'cron-1' }))).map(({ line }) => line),
    ).toEqual(['l2'])
  })
})

describe('04 with a reply', () => {
  const answered = { at: NOW - DAY, host: 'orders-7f9', user: 'app', takenBy: 'sato' }
  const withAnswer = (roots: string[], at = answered.at) => {
    const { basis, detail } = goodFacts(production)['trust-stores']
    const location = '/etc/ssl/rds.pem on orders-7f9'
    return {
      basis: { ...basis, stores: [{ location, roots, others: [], findings: [] }] },
      detail: { ...detail, answered: { [location]: { ...answered, at } } },
    }
  }
  const both = goodFacts(production)['trust-stores'].basis.stores[0]!.roots

  it('is outdated by every further reply until it has been looked at again', () => {
    const scenario = readyToModify()
    expect(scenario.position('trust-stores').standing).toBe('proven')
    scenario.put(api, putQuestion('q1'))
    expect(scenario.position('trust-stores').standing).toBe('proven')
    scenario.put(api, reply('l1'))
    expect(scenario.position('trust-stores')).toMatchObject({ standing: 'outdated' })
    expect(scenario.position('modify').gate.open).toBe(false)
  })

  it('is proven by it for 14 days from the run, and not longer by looking at it again', () => {
    const scenario = readyToModify()
    scenario.see('trust-stores', withAnswer(both))
    expect(scenario.position('trust-stores').standing).toBe('proven')
    scenario.see('trust-stores', withAnswer(both, NOW - ANSWER_AGE + MINUTE))
    expect(scenario.position('trust-stores')).toMatchObject({ standing: 'proven', until: NOW + MINUTE })
    scenario.see('trust-stores', withAnswer(both, NOW - ANSWER_AGE - 1))
    const { standing, shortfalls } = scenario.position('trust-stores')
    expect([standing, shortfalls.map(({ shortfall }) => shortfall.code)]).toEqual(['not-proven', ['answer-too-old']])
  })

  it('closes when the answered store lacks a root', () => {
    const scenario = readyToModify()
    scenario.see('trust-stores', withAnswer(both.filter((root) => root !== NEW_ROOT)))
    const { standing, shortfalls } = scenario.position('trust-stores')
    expect([standing, shortfalls.map(({ shortfall }) => shortfall.code)]).toEqual([
      'not-proven',
      ['answered-without-target-root'],
    ])
  })
})
