/** Sequences begun from the screen, and what is shown while a change waits or comes from elsewhere. */
import { afterEach, describe, expect, test } from 'vitest'
import { NEW_CA, OLD_CA } from '../../support/scripted-region.ts'
import { applicationsOnRecord, type Wish } from '../../support/session.ts'
import { KEYS } from '../../support/terminal.ts'
import { drive, type Driven } from './drive.ts'

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

const start = async (wish: Wish = {}): Promise<Driven> => {
  driven = await drive(wish, { columns: 140, rows: 40 })
  return driven
}
/** A configuration that leaves the target to the operator. */
const declared = () => ({
  environment: 'staging' as const,
  applications: applicationsOnRecord,
  clients: [{ user: 'dbadmin', application: 'psql', as: 'not-ours' as const, why: 'the DBA at work' }],
  twin: 'none' as const,
})

describe('s', () => {
  test('names every sequence, and why one cannot be begun', async () => {
    const run = await start({ declared })
    await run.terminal.type('s')
    const screen = await run.terminal.waitFor('orders-staging: begin')
    for (const name of ['CA change', 'leaf renewal', 'rollback', 'cancellation', 'outage'])
      expect(screen).toContain(name)
    expect(screen).toContain('no other CA is on record that it has served')
  })

  test('begins a renewal, which keeps the CA', async () => {
    const run = await start({ declared })
    await run.terminal.type('s')
    await run.terminal.waitFor('orders-staging: begin')
    await run.terminal.type(KEYS.down, KEYS.enter)
    await run.terminal.waitFor(`Begun: leaf renewal, with ${OLD_CA}. Nothing was sent.`)
    expect(await run.idle()).toContain('05 Prove verify-full as it is')
    expect(run.session.databases[0]!.desk.rotation).toMatchObject({ sequence: 'leaf-renewal' })
    expect(run.region.sent).toEqual([])
  })
})

test('a change from outside is followed at 08, with what is urgent on its page, and can be taken back', async () => {
  const run = await start()
  run.region.databases.get('orders-staging')!.pendingCa = NEW_CA
  await run.terminal.type(KEYS.enter)
  await run.terminal.waitFor('URGENT: a change comes that was made outside')
  await run.terminal.waitFor((screen) => /✘ 04 Check every trust store +not proven/.test(screen))
  await run.terminal.waitFor(() => run.clock.sleeping() > 0)
  await run.terminal.type('x')
  await run.terminal.waitFor('Stopped. Nothing is lost.')
  await run.idle()
  await run.terminal.type('s')
  await run.terminal.waitFor('orders-staging: begin')
  await run.terminal.type(KEYS.down, KEYS.down, KEYS.down, KEYS.enter)
  await run.terminal.waitFor('Begun: cancellation')
  await run.idle()
  // A new rotation looks at 01 anew.
  await run.terminal.type(KEYS.enter)
  await run.terminal.waitFor('Everything before 07 is met')
  await run.idle()
  await run.terminal.type(KEYS.enter)
  await run.terminal.waitFor('the change that waits is taken back')
  expect(run.session.databases[0]!.desk.assess().steps.get('cancel')?.change?.input).toMatchObject({
    CACertificateIdentifier: OLD_CA,
    ApplyImmediately: false,
  })
})
