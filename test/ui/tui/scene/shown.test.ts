import { describe, expect, test } from 'vitest'
import { fleetLines, shownOf } from '../../../../src/ui/tui/scene/shown.ts'
import type { Session, SessionDatabase } from '../../../../src/ui/session.ts'

const database = (account: string, region: string, name: string, ca = 'rds-ca-rsa2048-g1'): SessionDatabase =>
  ({
    desk: { about: { name, subject: { kind: 'database', world: `aws|${account}`, region, id: `db-${name}` } } },
    record: { kind: 'database', engine: 'postgres', ca },
  }) as unknown as SessionDatabase

const session = (databases: readonly SessionDatabase[]): Session => ({ databases }) as unknown as Session

describe('which databases are listed', () => {
  const some = session([
    database('1', 'eu-west-1', 'orders'),
    database('1', 'us-east-1', 'orders', 'rds-ca-ecc384-g1'),
    database('2', 'eu-west-1', 'billing'),
  ])
  test.each([
    ['', [0, 1, 2]],
    ['orders', [0, 1]],
    ['EU-WEST-1', [0, 2]],
    ['orders ecc', [1]],
    ['nothing of that', []],
  ])('%s', (filter, indexes) => {
    expect(shownOf(some, filter)).toEqual(indexes)
  })
})

describe('what the pane shows of it', () => {
  const many = session(
    Array.from({ length: 10_000 }, (_, index) =>
      database('1', index < 5_000 ? 'eu-west-1' : 'us-east-1', `db-${index}`),
    ),
  )
  const all = shownOf(many, '')
  const indexesOf = (at: number, room: number, per = 1) =>
    fleetLines(many, all, at, room, per).flatMap((line) => (line.kind === 'database' ? [line.index] : []))

  test.each([0, 1, 4_995, 4_999, 5_000, 5_004, 9_999])('never more than fits, and the selected one: %s', (at) => {
    for (const room of [1, 2, 3, 10, 21]) {
      const lines = fleetLines(many, all, at, room, 1)
      expect(lines.length).toBeLessThanOrEqual(Math.max(room, 2))
      if (room > 2) expect(indexesOf(at, room)).toContain(at)
    }
  })

  test('each account and Region is named where its first one stands', () => {
    const lines = fleetLines(many, all, 5_000, 9, 1)
    expect(lines.filter(({ kind }) => kind === 'group')).toEqual([
      { kind: 'group', group: '1 eu-west-1', before: expect.stringMatching(/^before/) },
      { kind: 'group', group: '1 us-east-1', before: 'before 5000' },
    ])
  })

  test('one account and Region needs no name', () => {
    const few = session([database('1', 'eu-west-1', 'a'), database('1', 'eu-west-1', 'b')])
    expect(fleetLines(few, [0, 1], 0, 20, 2)).toEqual([
      { kind: 'database', index: 0 },
      { kind: 'database', index: 1 },
    ])
  })
})
