/** A handshake that has to wait: what is seen of it, and that one more is made for what is typed and nothing else. */
import { afterEach, describe, expect, test } from 'vitest'
import { exitOf } from '../../../src/commands/drive/worst.ts'
import { onceMoreRemedy } from '../../../src/commands/once-more.ts'
import { HandshakesWait } from '../../../src/ports/wire.ts'
import { advance } from '../../../src/runner/advance.ts'
import { databaseLines } from '../../../src/ui/plain/status-lines.ts'
import { NOW } from '../../support/scenario.ts'
import { testSession, type TestSession } from '../../support/session.ts'
import { KEYS } from '../../support/terminal.ts'
import { drive, type Driven } from './drive.ts'

const ENDPOINT = 'billing-staging.example:3306'
const HOUR = 60 * 60_000
const WAITING = `waiting until ${new Date(NOW + HOUR).toISOString().slice(11, 16)} UTC`

async function waiting(): Promise<TestSession & { readonly asked: string[] }> {
  const asked: string[] = []
  const test: TestSession = await testSession({
    databases: [['billing-staging', 'mariadb']],
    remedies: [
      onceMoreRemedy({
        onceMore: async (endpoint) => {
          asked.push(endpoint)
          test.region.handshakesWait = undefined
          return true
        },
      }),
    ],
  })
  test.region.storeIsStale = false
  test.region.handshakesWait = new HandshakesWait('spent', ENDPOINT, NOW + HOUR)
  return { ...test, asked }
}

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

describe('on screen', () => {
  test('it waits until a time, and one more is made when its endpoint is typed', async () => {
    const made = await waiting()
    driven = await drive({}, { columns: 100, rows: 40 }, made)
    const { terminal, idle } = driven
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Stopped at 05')
    await idle()
    const screen = await terminal.waitFor(WAITING)
    expect(screen).toContain('No more anonymous handshakes with')

    await terminal.type('f')
    await terminal.waitFor(`Type "${ENDPOINT}" to make one more handshake now.`)
    await terminal.type('yes', KEYS.enter)
    await terminal.waitFor('Nothing was done.')
    expect(made.asked).toEqual([])
    await terminal.type(KEYS.ctrlU, ENDPOINT, KEYS.enter)
    await terminal.waitFor('✔ 05 Prove verify-full on staging')
    expect(made.asked).toEqual([ENDPOINT])
  })
})

test('it is no failure: a stop that waits, exit code 3, and so in status', async () => {
  const { session } = await waiting()
  const [database] = session.databases
  if (!database) throw new Error('no database')
  const stop = await advance(database.desk, new AbortController().signal)
  expect(stop.kind).toBe('waiting')
  expect(exitOf(stop)).toBe(3)
  expect(databaseLines(session)).toMatchObject([{ at: '05', word: WAITING }])
  database.desk.release()
})
