/** Screens as text: what an operator sees at each place of the way. Written anew with `vitest run -u`, and read before they are kept. */
import { afterEach, describe, expect, test } from 'vitest'
import { NEW_CA } from '../../support/scripted-region.ts'
import { KEYS } from '../../support/terminal.ts'
import type { Wish } from '../../support/session.ts'
import { confirmAs, drive, type Driven, type Looks } from './drive.ts'

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

const start = async (looks: Looks = {}, wish: Wish = {}): Promise<Driven> => {
  driven = await drive(wish, looks)
  return driven
}
const keep = async (name: string) =>
  expect(`${await driven?.terminal.still()}\n`).toMatchFileSnapshot(`goldens/${name}.txt`)

const SIZES = [
  { columns: 60, rows: 16 },
  { columns: 80, rows: 24 },
  { columns: 160, rows: 40 },
] as const

describe.each(SIZES)('at $columns x $rows', (looks) => {
  const size = `${looks.columns}x${looks.rows}`

  test('the first screen', async () => {
    const { terminal } = await start(looks)
    await terminal.waitFor('Enter: go on with 01')
    await keep(`start-${size}`)
  })

  test('something is short', async () => {
    const { terminal, idle } = await start(looks)
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Stopped at 04')
    await idle()
    await keep(`short-${size}`)
  })

  test('the confirmation', async () => {
    const { terminal, toTheGate } = await start(looks)
    await toTheGate()
    await terminal.type('c')
    await terminal.waitFor('Type the database')
    await keep(`confirm-${size}`)
  })

  test('what closes the gate', async () => {
    const { terminal } = await start(looks)
    await terminal.type('n', 'c')
    await terminal.waitFor('The gate is closed')
    await keep(`closed-${size}`)
  })
})

describe('at 80 x 24', () => {
  test('the waves', async () => {
    const { terminal } = await start(
      {},
      {
        waves: [
          { name: 'canary', names: ['*-staging'], atOnce: 1, bake: 0 },
          { name: 'main', environment: 'production', atOnce: 2, bake: 0 },
        ],
      },
    )
    await terminal.type('v')
    await terminal.waitFor('canary: 2 databases')
    await keep('waves-80x24')
    await terminal.type(KEYS.esc)
    await terminal.waitFor('Enter: go on with 01')
  })

  test('the page of a step, and what is beneath it', async () => {
    const { terminal, idle } = await start()
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Stopped at 04')
    await idle()
    await terminal.type('1', KEYS.right)
    await terminal.waitFor('▸ 01 Identify the database: proven')
    await keep('page-80x24')
  })

  test('the keys', async () => {
    const { terminal } = await start()
    await terminal.type('?')
    await terminal.waitFor('▸ Keys')
    await keep('help-80x24')
  })

  test('the decisions, and what is offered for one', async () => {
    const { terminal, idle } = await start({}, { declared: () => ({}) })
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Undecided: target CA')
    await idle()
    await terminal.type('d')
    await terminal.waitFor(NEW_CA)
    await keep('decide-target-80x24')
    await terminal.type(KEYS.esc)
    await terminal.waitFor('orders-staging: decisions')
    await keep('decisions-80x24')
  })

  test('a change under way', async () => {
    const run = await start()
    await run.toTheGate()
    await confirmAs(run, 'orders-staging')
    await run.terminal.waitFor('AWS took the request')
    await keep('taken-80x24')
    await run.terminal.type(KEYS.esc)
    await run.terminal.waitFor('08 waiting')
    run.clock.move(3_000)
    await run.terminal.waitFor('looks again in 2 s')
    await keep('waiting-80x24')
  })

  test('a rotation that is done', async () => {
    const run = await start()
    run.region.looksToSettle = 0
    await run.toTheGate()
    await confirmAs(run, 'orders-staging')
    await run.terminal.waitFor('AWS took the request')
    await run.terminal.type(KEYS.esc)
    await run.terminal.waitFor('this rotation has ended')
    await run.idle()
    await keep('done-80x24')
  })

  test('a dry run: the request, and what closes its gate', async () => {
    const { terminal, idle } = await start({}, { execute: false })
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Stopped at 04')
    await idle()
    await terminal.type('c')
    await terminal.waitFor('DRY RUN: this would be sent')
    await keep('dry-run-80x24')
  })

  test('a client that is nobody’s: which, whose, and why', async () => {
    const { terminal, idle } = await start(
      {},
      {
        declared: () => ({
          applications: [{ name: 'nobody-knows', verification: 'verify-full', users: [] }],
          target: { ca: NEW_CA },
          environment: 'staging',
          twin: 'none',
        }),
      },
    )
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Stopped at 02')
    await idle()
    await terminal.type('w')
    await terminal.waitFor('what is accepted?')
    await keep('accept-80x24')
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Account for it by name')
    await keep('account-80x24')
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Reason:')
    await keep('reason-80x24')
  })

  test('without Unicode', async () => {
    const { terminal, idle } = await start({ unicode: false })
    await terminal.type(KEYS.enter)
    await terminal.waitFor('Stopped at 04')
    const screen = await idle()
    expect(screen).toMatch(/^\p{ASCII}*$/u)
    await keep('ascii-80x24')
  })
})
