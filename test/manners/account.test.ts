import { describe, expect, test } from 'vitest'
import {
  countOf,
  EMPTY_ACCOUNT,
  giveBack,
  grant,
  holdsBack,
  spend,
  unblocked,
  type Account,
} from '../../src/manners/account.ts'
import { HANDSHAKE_LIMITS } from '../../src/manners/limits.ts'
import { seeded, seeds } from '../support/seeded.ts'

const HOUR = HANDSHAKE_LIMITS.window
const START = Date.UTC(2026, 10, 25, 3)
const spentAt = (...minutes: readonly number[]): Account =>
  minutes.reduce((account, minute) => spend(account, HANDSHAKE_LIMITS, START + minute * 60_000), EMPTY_ACCOUNT)
const heldAt = (account: Account, minute: number) => holdsBack(account, HANDSHAKE_LIMITS, START + minute * 60_000)

describe('two an hour', () => {
  test.each([
    ['none', spentAt(), 0, undefined],
    ['one', spentAt(0), 1, undefined],
    ['two', spentAt(0, 10), 11, { why: 'spent', until: START + HOUR }],
    ['two, an hour after the first', spentAt(0, 10), 60, undefined],
    ['a third, an hour after the first', spentAt(0, 10, 60), 61, { why: 'spent', until: START + 10 * 60_000 + HOUR }],
    ['a clock that was set back', spentAt(30, 31), 0, { why: 'spent', until: START + 30 * 60_000 + HOUR }],
    ['a clock that was wrong by a day', spentAt(1_440, 1_441), 0, undefined],
  ])('%s', (_, account, minute, held) => expect(heldAt(account, minute)).toEqual(held))

  test('one that never reached the server is given back', () => {
    const account = giveBack(spentAt(0, 10), START + 10 * 60_000)
    expect(countOf(account, HANDSHAKE_LIMITS, START + 11 * 60_000)).toEqual({ spent: 1, allowed: 2 })
  })
})

describe('one more, by a person', () => {
  const now = START + 20 * 60_000

  test('lets one be made, and no second', () => {
    const granted = grant(spentAt(0, 10), HANDSHAKE_LIMITS, now)
    expect(granted && holdsBack(granted, HANDSHAKE_LIMITS, now)).toBeUndefined()
    const used = spend(granted ?? EMPTY_ACCOUNT, HANDSHAKE_LIMITS, now)
    expect(holdsBack(used, HANDSHAKE_LIMITS, now)).toMatchObject({ why: 'spent' })
    expect(grant(used, HANDSHAKE_LIMITS, now)).toBeUndefined()
  })

  test('goes past a block, which a handshake lifts', () => {
    const blocked: Account = { spent: [START], blockedAt: START }
    expect(holdsBack(blocked, HANDSHAKE_LIMITS, now)).toEqual({ why: 'blocked', until: START + HOUR })
    const granted = grant(blocked, HANDSHAKE_LIMITS, now)
    expect(granted && holdsBack(granted, HANDSHAKE_LIMITS, now)).toBeUndefined()
    expect(holdsBack(unblocked(blocked), HANDSHAKE_LIMITS, now)).toBeUndefined()
  })
})

test.each(Array.from({ length: seeds(20, 500) }, (_, seed) => seed))(
  'whatever is asked for, an hour sees at most two, and one by asking (seed %i)',
  (seed) => {
    const random = seeded(seed)
    let account = EMPTY_ACCOUNT
    const made: number[] = []
    let now = START
    for (let step = 0; step < 400; step += 1) {
      now += random.below(20 * 60_000)
      if (random.next() < 0.3) account = grant(account, HANDSHAKE_LIMITS, now) ?? account
      if (holdsBack(account, HANDSHAKE_LIMITS, now)) continue
      account = spend(account, HANDSHAKE_LIMITS, now)
      made.push(now)
    }
    const most = Math.max(...made.map((at) => made.filter((other) => other >= at && other < at + HOUR).length))
    expect(made.length).toBeGreaterThan(50)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(HANDSHAKE_LIMITS.allowed + HANDSHAKE_LIMITS.extra)
  },
)
