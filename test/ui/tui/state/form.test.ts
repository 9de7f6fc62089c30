import { describe, expect, test } from 'vitest'
import type { StandingShortfall } from '../../../../src/rules/position.ts'
import { coverOf } from '../../../../src/rules/evidence.ts'
import { submitted, type Purpose } from '../../../../src/ui/tui/state/form.ts'
import { endOfDay } from '../../../../src/ui/view/end-of-day.ts'
import { edited, EMPTY_FIELD } from '../../../../src/ui/tui/state/text-field.ts'
import { NOW } from '../../../support/scenario.ts'

const short = { code: 'no-store-declared', args: { application: 'reports' }, allows: 'attestation' } as const
const shortfall: StandingShortfall = { shortfall: short, covers: coverOf('trust-stores', short) }
const fields = (...texts: string[]) => texts.map((text) => edited(EMPTY_FIELD, { edit: 'insert', text }))
const attest: Purpose = { for: 'attest', step: 'trust-stores', shortfall }
const waive: Purpose = { for: 'waive', step: 'trust-stores', shortfall }

describe('a form that is sent off', () => {
  test('an attestation holds until the end of its last day', () => {
    const result = submitted(attest, fields('Ada', 'OPS-7', '2026-12-01'), NOW)
    const until = Date.UTC(2026, 11, 2) - 1
    expect(result).toEqual({
      ok: true,
      intent: { do: 'attest', step: 'trust-stores', shortfall, word: { name: 'Ada', ticket: 'OPS-7', until } },
    })
  })

  test.each<[Purpose, readonly string[], number, string]>([
    [attest, ['', 'OPS-7', '2026-12-01'], 0, 'Name is missing'],
    [attest, ['Ada', '  ', '2026-12-01'], 1, 'Ticket is missing'],
    [attest, ['Ada', 'OPS-7', 'tomorrow'], 2, '"tomorrow" is not a day'],
    [attest, ['Ada', 'OPS-7', '2026-02-30'], 2, '"2026-02-30" is not a day'],
    [attest, ['Ada', 'OPS-7', '2026-11-21'], 2, '2026-11-21 is over'],
    [waive, [' '], 0, 'Reason is missing'],
    [{ for: 'no-applications' }, ['no applications'], 0, 'Expected exactly "there are no applications"'],
    [{ for: 'application' }, ['api', 'Orders', 'full', '-', '-'], 2, '"full" is none of verify-full, verify-ca'],
    [{ for: 'application' }, ['api', 'Orders', 'verify-ca', '', '-'], 3, 'Database users is missing'],
  ])('%o with %j is wrong in field %i: %s', (purpose, texts, at, error) => {
    const result = submitted(purpose, fields(...texts), NOW)
    expect(result).toMatchObject({ ok: false, at })
    expect(result.ok ? '' : result.error).toContain(error)
  })

  test('the same day still counts: it ends later', () => {
    expect(submitted(attest, fields('Ada', 'OPS-7', '2026-11-22'), NOW).ok).toBe(true)
  })

  test('an intent is given up for nothing, or to be confirmed anew', () => {
    expect(submitted({ for: 'give-up' }, fields('AWS support says so'), NOW)).toEqual({
      ok: true,
      intent: { do: 'give-up', why: 'AWS support says so' },
    })
    expect(submitted({ for: 'give-up', step: 'modify' }, fields('sure'), NOW)).toMatchObject({
      intent: { step: 'modify' },
    })
  })

  test.each([
    ['2026-12-31', Date.UTC(2027, 0, 1) - 1],
    ['2026-12-32', undefined],
    ['26-12-31', undefined],
    ['2026-04-31', undefined],
  ])('the end of %s', (text, end) => {
    expect(endOfDay(text)).toBe(end)
  })
})
