/** Of a database of which nothing was ever saved, no journal is open when the screen is drawn. */
import { afterEach, expect, test } from 'vitest'
import { deskOf } from '../../../src/runner/desk.ts'
import { beginnings } from '../../../src/runner/begin.ts'
import { unanswered } from '../../../src/runner/observe.ts'
import { testSession } from '../../support/session.ts'
import { KEYS } from '../../support/terminal.ts'
import { drive, type Driven } from './drive.ts'

let run: Driven | undefined
afterEach(async () => run?.end())

test('it is shown as not begun, and Enter begins', async () => {
  const made = await testSession({ databases: [['orders-staging', 'postgres']] })
  const [{ desk: opened, ...rest }] = made.session.databases as [(typeof made.session.databases)[number]]
  const desk = deskOf(opened.deps, opened.about)
  expect(desk.isOpen).toBe(false)
  expect(unanswered(desk)).toBeUndefined()
  expect(beginnings(desk, 'rds-ca-2019').length).toBeGreaterThan(0)
  run = await drive({}, {}, { ...made, session: { ...made.session, databases: [{ ...rest, desk }] } })
  await run.terminal.waitFor('01 Identify the database')
  await run.terminal.type(KEYS.enter)
  await run.terminal.waitFor('✔ 01 Identify the database')
  await run.idle()
  expect(desk.isOpen).toBe(true)
})
