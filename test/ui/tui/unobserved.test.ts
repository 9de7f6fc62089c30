/** A change was sent, no answer came, and what became of it cannot be seen either: the credentials have run out. */
import { afterEach, expect, test } from 'vitest'
import { CannotAsk } from '../../../src/ports/control-plane.ts'
import { NEW_CA } from '../../support/scripted-region.ts'
import { KEYS } from '../../support/terminal.ts'
import { confirmAs, drive, type Driven } from './drive.ts'

let run: Driven | undefined
afterEach(async () => run?.end())

test('it is said, nothing may be sent, and Enter takes it over once there are credentials again', async () => {
  run = await drive()
  const { terminal, region, clock, session } = run
  await run.toTheGate()
  region.outcome = { kind: 'unknown', cause: 'the connection was lost' }
  await confirmAs(run, 'orders-staging')
  await terminal.waitFor('No answer came')
  await terminal.type(KEYS.esc)
  await run.idle()

  region.failure = new CannotAsk('ExpiredToken', 'DescribeDBInstances', 'The credentials have expired.')
  await terminal.type(KEYS.enter)
  await terminal.waitFor('observing 0 s')
  // In steps: time that a clock jumps over is not taken for time that AWS had.
  const said = 'what became of it cannot be seen'
  const watched = (screen: string) => screen.includes(said) || clock.sleeping() > 0
  while (!(await terminal.waitFor(watched)).includes(said)) clock.move(5_000)
  expect(await run.idle()).toContain('o: a change was sent and no answer is on record.')
  await terminal.type('m')
  const told = (await terminal.waitFor('Messages, newest first')).replaceAll(/\s+/g, ' ')
  expect(told).toContain('look again. It is observed first then; nothing is sent again before.')
  await terminal.type(KEYS.esc, 'c')
  expect(await terminal.waitFor('no answer is on record')).not.toContain('Type the database')
  expect(region.sent).toEqual(['orders-staging'])

  region.failure = undefined
  const record = region.databases.get('orders-staging')
  if (record) record.pendingCa = NEW_CA
  await terminal.type(KEYS.esc)
  await run.idle()
  await terminal.type(KEYS.enter)
  await terminal.waitFor('07 Modify the CA                        proven')
  expect(session.databases[0]?.desk.rotation?.sendings.map(({ resolved }) => resolved?.how)).toEqual(['adopted'])
  expect(region.sent).toEqual(['orders-staging'])
})
