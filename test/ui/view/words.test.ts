import { describe, expect, test } from 'vitest'
import { HeldByAnother, ProgressUnusable } from '../../../src/ports/progress.ts'
import { CannotAsk, type DatabaseRecord } from '../../../src/ports/control-plane.ts'
import { asciiOnly } from '../../../src/ui/view/ascii.ts'
import { rotatesNow } from '../../../src/ui/view/rotates-now.ts'
import { nextLine } from '../../../src/ui/plain/status-lines.ts'
import { databaseLine } from '../../../src/ui/view/page.ts'
import { noteLines } from '../../../src/ui/view/position-lines.ts'
import { consequenceOf } from '../../../src/ui/view/consequence.ts'
import { decisionWords } from '../../../src/ui/view/decision-words.ts'
import { duration } from '../../../src/ui/view/duration.ts'
import { failureSays } from '../../../src/ui/view/failure-says.ts'
import { runbook } from '../../../steps/index.ts'
import { NOW, Scenario, goodFacts, production, readyToModify, staging } from '../../support/scenario.ts'

describe('durations', () => {
  test.each([
    [-5, '0 s'],
    [999, '0 s'],
    [12_000, '12 s'],
    [60_000, '1 min'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [7_440_000, '2 h 4 min'],
    [9 * 86_400_000 + 3 * 3_600_000, '9 d 3 h'],
  ])('%i ms is %s', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })
})

test('every text of the runbook can be shown without Unicode, and none with a question mark in place of a sign', () => {
  for (const step of Object.values(runbook.steps))
    for (const { says, cure } of [...Object.values(step.text), { says: step.why, cure: step.title }]) {
      const shown = asciiOnly(`${says} ${cure}`)
      expect(shown).toMatch(/^\p{ASCII}*$/u)
      expect(shown.split('?').length).toBe(`${says} ${cure}`.split('?').length)
    }
})

describe('decisions in words', () => {
  test.each([
    ['timing', 'without-restart', 'now, without restart'],
    ['environment', 'staging', 'staging'],
    ['target', { ca: 'rds-ca-rsa2048-g1' }, 'rds-ca-rsa2048-g1'],
    ['twin', 'none', 'none'],
    ['twin', { subject: staging.subject, name: 'orders-staging' }, 'orders-staging'],
    ['applications', [], 'none'],
    ['applications', [{ name: 'api', verification: 'plain', users: [] }], '1: api'],
    ['clients', [{ user: 'bi', application: 'psql', as: 'not-ours', why: 'x' }], '1: bi (not-ours)'],
  ] as const)('%s %o', (decision, value, words) => {
    expect(decisionWords(decision, value)).toBe(words)
  })
})

test('AWS’s dates are those of the CA that was listed, and are not shown beside another one', () => {
  const seen = readyToModify().record(production)
  const listed = (ca: string) => ({ record: { ca } as DatabaseRecord, rotates: 'to be rotated before 2027-02-23' })
  expect(rotatesNow(seen, listed('rds-ca-2019'))).toBe('to be rotated before 2027-02-23')
  expect(rotatesNow(seen, listed('rds-ca-ecc384-g1'))).toBeUndefined()
  const sent = readyToModify()
  sent.send('modify', 'accepted')
  const before = { ...listed('rds-ca-2019'), listedAt: NOW - 1 }
  expect(rotatesNow(sent.record(production), before)).toBeUndefined()
  expect(rotatesNow(sent.record(production), { ...before, listedAt: NOW })).toBe('to be rotated before 2027-02-23')
})

test('a plan tells what is to be known of what is proven: that Babelfish wants a reboot stands in no gate', () => {
  const scenario = readyToModify()
  const { preflight } = goodFacts(production)
  scenario.see('preflight', {
    ...preflight,
    basis: { ...preflight.basis, group: { ...preflight.basis.group, babelfish: true } },
  })
  expect(noteLines(runbook, scenario.assess())).toContainEqual(expect.stringMatching(/^06: It speaks Babelfish/))
})

test.each([
  ['ca-change', 'done', 'orders: done (2026-11-22T15:00:00Z by sato)'],
  ['leaf-renewal', 'done', 'orders: leaf renewal done (2026-11-22T15:00:00Z by sato)'],
  ['rollback', 'rolled-back', 'orders: rolled back (2026-11-22T15:00:00Z by sato)'],
] as const)('the end of a %s says what was done', (sequence, how, line) => {
  const scenario = new Scenario(production)
  scenario.start('rotation-1', sequence)
  scenario.put(production, { kind: 'rotation-ended', rotation: 'rotation-1', how, kept: {} })
  expect(nextLine(databaseLine(runbook, 'orders', undefined, scenario.assess()))).toBe(line)
})

describe('what confirming comes to', () => {
  const scenario = readyToModify()
  const { change } = scenario.position('modify')
  const said = (input: Record<string, string | boolean>) => {
    if (!change) throw new Error('there is no change')
    return consequenceOf(runbook, 'orders-production', scenario.assess(), {
      ...change,
      input: { ...change.input, ...input },
    })
  }

  test('what, when, restart, and each step that it rests on', () => {
    expect(said({})).toEqual({
      what: 'orders-production (PRODUCTION, 123456789012 ap-northeast-1) gets the CA rds-ca-rsa2048-g1.',
      when: 'Now. Everything else that is pending for it is applied too.',
      restart: 'No restart: the engine loads the new certificate while it runs. Open sessions stay.',
      rests: ['01 proven', '02 proven', '03 proven', '04 proven', '05 proven', '06 proven'],
    })
  })

  test('in the window; and staged, without restart', () => {
    expect(said({ ApplyImmediately: false }).when).toContain('maintenance window')
    expect(said({ CertificateRotationRestart: false }).restart).toContain('next restart, planned or not')
  })
})

describe('errors that an operator can see to', () => {
  test('somebody else holds it', () => {
    const holder = { user: 'bert', host: 'bastion-2', pid: 42, since: NOW, purpose: 'rotating orders-production' }
    expect(failureSays(runbook, new HeldByAnother('held', holder))).toMatchObject({
      says: 'bert@bastion-2 (process 42) has been working on this database since 2026-11-22T15:00:00Z: rotating orders-production.',
      cure: 'Wait, or ask bert; then go on.',
    })
  })

  test('progress that cannot be saved, and AWS that cannot be asked', () => {
    expect(failureSays(runbook, new ProgressUnusable('NO_SPACE', '/x', 'No space left for /x.'))?.says).toBe(
      'No space left for /x.',
    )
    const denied = new CannotAsk('AccessDenied', 'DescribeDBInstances', 'denied', {
      permission: 'rds:DescribeDBInstances',
    })
    expect(failureSays(runbook, denied)?.says).toContain('rds:DescribeDBInstances')
  })

  test('anything else is a bug', () => {
    expect(failureSays(runbook, new TypeError('x is undefined'))).toBeUndefined()
  })
})
