import { afterEach, describe, expect, test } from 'vitest'
import { KEYS } from '../../support/terminal.ts'
import type { Wish } from '../../support/session.ts'
import { confirmAs, drive, type Driven } from './drive.ts'

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

/** At the gate of 07 of orders-staging, which is open; nothing has been asked yet. */
const atTheGate = async (wish: Wish = {}): Promise<Driven> => {
  driven = await drive(wish)
  await driven.toTheGate()
  return driven
}

describe('the typed confirmation', () => {
  test('shows the exact request and sends it when the name is typed', async () => {
    const run = await atTheGate()
    await run.terminal.type('c')
    const screen = await run.terminal.waitFor('Type the database')
    for (const part of [
      'ModifyDBInstance',
      'DBInstanceIdentifier = orders-staging',
      'CACertificateIdentifier = rds-ca-rsa2048-g1',
      'ApplyImmediately = true',
      'aws rds modify-db-instance',
      '01 proven',
      'Open until 2026-11-22T15:15:00Z',
    ])
      expect(screen).toContain(part)
    await run.terminal.type('orders-staging', KEYS.enter)
    await run.terminal.waitFor('AWS took the request')
    expect(run.region.sent).toEqual(['orders-staging'])
  })

  test.each(['orders', 'ORDERS-STAGING', 'orders-staging ', 'y', 'yes', 'orders-production'])(
    '"%s" sends nothing, and says what was expected',
    async (text) => {
      const run = await atTheGate()
      await confirmAs(run, text)
      await run.terminal.waitFor('Expected exactly "orders-staging"')
      expect(run.region.sent).toEqual([])
    },
  )

  test('Enter on an empty line sends nothing; keys of the screen are text here', async () => {
    const run = await atTheGate()
    await confirmAs(run, '')
    await run.terminal.waitFor('Type the name "orders-staging" to confirm')
    await run.terminal.type('q', '?', ' ', KEYS.tab)
    await run.terminal.waitFor('Type the database’s name: q? |')
    expect(run.region.sent).toEqual([])
  })

  test('a wrong name can be mended', async () => {
    const run = await atTheGate()
    await confirmAs(run, 'orders-stagin')
    await run.terminal.waitFor('Expected exactly')
    await run.terminal.type('h', KEYS.backspace, 'g', KEYS.enter)
    await run.terminal.waitFor('AWS took the request')
  })

  test('Esc declines: nothing is sent, and nothing is on record but that', async () => {
    const run = await atTheGate()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    await run.terminal.type('orders-staging', KEYS.esc)
    await run.terminal.waitFor('Not confirmed. Nothing was sent.')
    await run.idle()
    expect(run.region.sent).toEqual([])
    expect(run.session.databases[0]?.desk.rotation?.sendings).toEqual([])
  })

  test('a pasted name confirms, its line end falling away; the paste itself does not send', async () => {
    const run = await atTheGate()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    await run.terminal.paste('orders-staging\n')
    await run.terminal.waitFor('name: orders-staging|')
    expect(run.region.sent).toEqual([])
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('AWS took the request')
  })

  test('name and Enter in one chunk, as a quick typist or another program sends them', async () => {
    const run = await atTheGate()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    await run.terminal.type(`orders-staging${KEYS.enter}`)
    await run.terminal.waitFor('AWS took the request')
  })

  test('the gate that closes while the name is typed stays closed', async () => {
    const run = await atTheGate()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    run.clock.move(16 * 60_000)
    await run.terminal.type('orders-staging', KEYS.enter)
    await run.terminal.waitFor('A proof has run out meanwhile')
    await run.terminal.type(KEYS.esc)
    await run.terminal.waitFor('Nothing was sent.')
    expect(run.region.sent).toEqual([])
  })
})

describe('what came of it', () => {
  test('somebody changed the database since: stopped, and what to do', async () => {
    const run = await atTheGate()
    const record = run.region.databases.get('orders-staging')
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    if (record) record.status = 'rebooting'
    await run.terminal.type('orders-staging', KEYS.enter)
    const screen = await run.terminal.waitFor('Stopped before sending')
    expect(screen).toContain('It is "rebooting" now')
    expect(screen).toContain('Nothing was sent. The database is as it was.')
    expect(run.region.sent).toEqual([])
  })

  test('AWS refuses: nothing was changed, and it can be confirmed again', async () => {
    const run = await atTheGate()
    run.region.outcome = { kind: 'refused', code: 'InvalidDBInstanceState', message: 'not now' }
    await confirmAs(run, 'orders-staging')
    const screen = await run.terminal.waitFor('AWS refused the request')
    expect(screen).toContain('InvalidDBInstanceState: not now')
    expect(screen).toContain('Nothing was changed.')
    await run.terminal.type(KEYS.esc)
    await run.idle()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
  })

  test('no answer: it is said that it is unknown; c leads to what became of it, and nothing is sent twice', async () => {
    const run = await atTheGate()
    run.region.outcome = { kind: 'unknown', cause: 'the connection was lost' }
    await confirmAs(run, 'orders-staging')
    await run.terminal.waitFor('It is unknown whether AWS took it (the connection was lost)')
    await run.terminal.type(KEYS.esc)
    await run.idle()
    await run.terminal.type('c')
    await run.terminal.waitFor('no answer is on record')
    expect(run.region.sent).toEqual(['orders-staging'])
  })

  test('given up and confirmed anew: a new confirmation, and one more request', async () => {
    const run = await atTheGate()
    run.region.outcome = { kind: 'unknown', cause: 'the connection was lost' }
    await confirmAs(run, 'orders-staging')
    await run.terminal.waitFor('No answer came')
    await run.terminal.type(KEYS.esc)
    await run.idle()
    run.region.outcome = { kind: 'accepted', requestId: 'req-2' }
    await run.terminal.type('o', KEYS.down, KEYS.enter)
    await run.terminal.waitFor('Give the intent up, and confirm anew')
    await run.terminal.type('AWS support saw nothing of it', KEYS.enter)
    await run.terminal.waitFor('Type the database')
    await run.terminal.type('orders-staging', KEYS.enter)
    await run.terminal.waitFor('AWS took the request')
    expect(run.region.sent).toEqual(['orders-staging', 'orders-staging'])
    expect(run.session.databases[0]?.desk.rotation?.sendings.map((one) => one.resolved?.how)).toEqual([
      'abandoned',
      undefined,
    ])
  })

  test('production before its twin is refused with the reason and the cure', async () => {
    driven = await drive()
    const { terminal, region } = driven
    region.storeIsStale = false
    await terminal.type('n', KEYS.enter)
    await terminal.waitFor('Stopped at 05')
    await driven.idle()
    await terminal.type('c')
    const screen = await terminal.waitFor('The gate is closed')
    expect(screen).toContain('Rotate the staging database orders-staging first.')
    await terminal.type('orders-production', KEYS.enter)
    await terminal.waitFor('Databases (4)')
    expect(region.sent).toEqual([])
  })

  test('a dry run has nothing to type, sends nothing, and shows the request', async () => {
    const run = await atTheGate({ execute: false })
    await run.terminal.type('c')
    const screen = await run.terminal.waitFor('DRY RUN: this would be sent')
    expect(screen).toContain('aws rds modify-db-instance')
    expect(screen).toContain('Its gate is open: with --execute it could be confirmed now.')
    expect(screen).not.toContain('Type the database')
    expect(screen).toContain('[DRY RUN]')
    await run.terminal.type('orders-staging', KEYS.enter)
    await run.terminal.waitFor('Databases (4)')
    expect(run.region.sent).toEqual([])
    expect(run.session.databases[0]?.desk.rotation?.sendings).toEqual([])
  })
})
