/** A wave from the screen: the same requests, words and sentences as `wave run`, and each database live. */
import { afterEach, describe, expect, test } from 'vitest'
import { haltOf } from '../../../src/runner/halt.ts'
import { waveEndLines } from '../../../src/ui/waves/run-wave.ts'
import { requestsShown } from '../../../src/ui/view/requests-shown.ts'
import { surveyTogether } from '../../../src/runner/together.ts'
import { KEYS } from '../../support/terminal.ts'
import { WORLD, type Wish } from '../../support/session.ts'
import { drive, type Driven, type Looks } from './drive.ts'

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

const WAVES = [
  { name: 'canary', names: ['*-staging'], atOnce: 1, bake: 0 },
  { name: 'main', environment: 'production', atOnce: 2, bake: 0 },
] as const

async function start(wish: Wish = {}, looks: Looks = {}): Promise<Driven> {
  driven = await drive({ waves: WAVES, ...wish }, looks)
  driven.region.storeIsStale = false
  return driven
}

/** The canary's requests are on screen, to be confirmed. */
async function asked(wish: Wish = {}, looks: Looks = {}): Promise<Driven> {
  const run = await start(wish, looks)
  await run.terminal.type('v')
  await run.terminal.waitFor('▸ canary: 2 databases, 1 at a time; not begun')
  await run.terminal.type(KEYS.enter)
  await run.terminal.waitFor('Type "canary 2":')
  return run
}

/** They have been read to their end, and are confirmed. */
async function confirmed(looks: Looks = {}): Promise<Driven> {
  const run = await asked({}, looks)
  for (let pages = 0; pages < 4; pages += 1) await run.terminal.type(KEYS.pageDown)
  await run.terminal.type('canary 2', KEYS.enter)
  await run.terminal.waitFor('canary: 0 of 2 done')
  return run
}

/** Lets AWS's time pass until the screen is as it should be. */
async function until({ terminal, clock }: Driven, text: string): Promise<string> {
  return terminal.waitFor((screen) => {
    if (!screen.includes(text) && clock.sleeping() > 0) clock.move(5_000)
    return screen.includes(text)
  })
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 160, rows: 40 },
])('at $columns x $rows', (looks) => {
  test('looked at, read to the end, confirmed by name and number, each database live, to its end', async () => {
    const run = await asked({}, looks)
    const { terminal } = run
    const size = `${looks.columns}x${looks.rows}`
    await expect(`${await terminal.still()}\n`).toMatchFileSnapshot(`goldens/wave-requests-${size}.txt`)
    await terminal.type('canary 2', KEYS.enter)
    if (looks.rows < 40) {
      await terminal.waitFor('have not been read to their end')
      for (let pages = 0; pages < 4; pages += 1) await terminal.type(KEYS.pageDown)
      await terminal.type(KEYS.enter)
    }
    await terminal.waitFor('orders-staging: ')
    await terminal.waitFor('08 waiting')
    run.clock.move(2_000)
    const live = await terminal.waitFor((screen) => /looks again\s+in 3 s/.test(screen))
    await expect(`${await terminal.still()}\n`).toMatchFileSnapshot(`goldens/wave-live-${size}.txt`)
    expect(live).toMatch(/\* orders-staging +08 waiting 2 s/)
    expect(live).toMatch(/ {2}billing-staging +not begun/)
    expect(live.split('\n').every((line) => line.length <= looks.columns)).toBe(true)
    if (looks.columns > 80) return
    await until(run, 'canary: 1 of 2 done')
    const end = await until(run, 'what came of it')
    expect(end).toMatch(/canary: done since/)
    expect(run.region.sent).toEqual(['orders-staging', 'billing-staging'])
    for (const { desk } of run.session.databases.filter((one) => one.desk.about.name.endsWith('staging')))
      expect(desk.rotation?.sendings[0]?.confirmation).toMatchObject({ typed: 'canary 2', of: { name: 'canary' } })
    await terminal.type(KEYS.esc)
    await terminal.waitFor('Databases (4)')
  })
})

describe('the confirmation', () => {
  test('shows the requests that wave run shows; a name alone, another number and Esc send nothing', async () => {
    const run = await asked({}, { columns: 250, rows: 60 })
    const desks = run.session.databases.map(({ desk }) => desk).filter(({ about }) => about.name.endsWith('staging'))
    const surveyed = await surveyTogether(desks, new AbortController().signal)
    const screen = run.terminal.screen()
    for (const line of requestsShown(run.session.runbook, surveyed)) expect(screen).toContain(line.trim())
    await run.terminal.type('canary', KEYS.enter)
    await run.terminal.waitFor('Expected exactly "canary 2", and "canary" was typed. Nothing was sent.')
    await run.terminal.type(' 3', KEYS.enter)
    await run.terminal.waitFor('and "canary 3" was typed')
    await run.terminal.type(KEYS.esc)
    await run.terminal.waitFor('Nothing was confirmed, and nothing was sent.')
    expect(run.region.sent).toEqual([])
  })

  test('a dry run shows the requests, and has nothing to type', async () => {
    const run = await start({ execute: false }, { columns: 160, rows: 40 })
    await run.terminal.type('v', KEYS.enter)
    const screen = await run.terminal.waitFor('canary: its requests; a dry run sends nothing')
    expect(screen).toContain('--db-instance-identifier orders-staging')
    expect(screen).not.toContain('Type "')
    expect(run.region.sent).toEqual([])
  })
})

describe('what holds a wave back', () => {
  test('the wave before it, and a database that is not ready: said as wave run says it', async () => {
    const run = await start()
    run.region.storeIsStale = true
    await run.terminal.type('v', KEYS.down, KEYS.enter)
    await run.terminal.waitFor('main: what came of it')
    await run.terminal.waitFor('canary comes first')
    await run.terminal.type(KEYS.esc, 'v', KEYS.enter)
    const screen = await run.terminal.waitFor('orders-staging is not ready, at 04 Check every trust store:')
    expect(screen).toContain('reports does not trust the root of rds-ca-rsa2048-g1')
    expect(screen).toContain('→ Put the bundle of 03 into that store')
    expect(screen).toContain('Nothing was sent: a wave begins when every database of it is ready.')
  })

  test('a stop says what wave run says, and the wave goes on where it stopped', async () => {
    const run = await asked({}, { columns: 160, rows: 40 })
    run.region.outcome = { kind: 'refused', code: 'InvalidDBInstanceState', message: 'not now' }
    await run.terminal.type('canary 2', KEYS.enter)
    const screen = await run.terminal.waitFor('Stopped at orders-staging: AWS refused the request')
    expect(screen).toContain('Nothing more was begun. → See to it in the wizard, then go on: what is done stays done.')
    expect(run.region.sent).toEqual(['orders-staging'])
    run.region.outcome = { kind: 'accepted', requestId: 'req-2' }
    await run.terminal.type(KEYS.esc, 'v', KEYS.enter)
    await run.terminal.waitFor('Type "canary 2":')
  })
})

describe('while it runs', () => {
  test('h halts: what is under way is followed to its end, nothing more is begun; v takes the halt back', async () => {
    const run = await confirmed()
    const { terminal, region, session, progress } = run
    await terminal.waitFor('08 waiting')
    await terminal.type('h')
    await terminal.waitFor('Reason:')
    await terminal.type('pages coming in', KEYS.enter)
    await terminal.waitFor('Halted: what is under way is followed to its end')
    expect(await haltOf(progress, [WORLD])).toMatchObject({ why: 'pages coming in' })
    const end = await until(run, 'what came of it')
    expect(end).toContain('Halted: nothing more was begun.')
    expect(end.replaceAll(/\s+/g, ' ')).toContain(
      waveEndLines(session, 'canary', { kind: 'ran', stop: { kind: 'halted' } })
        .join(' ')
        .replaceAll(/\s+/g, ' '),
    )
    expect(region.sent).toEqual(['orders-staging'])
    await terminal.type(KEYS.esc, 'v')
    await terminal.waitFor('▸ Take the halt back')
    await terminal.type(KEYS.enter)
    await terminal.waitFor('No halt is in force.')
    await terminal.type('v', KEYS.enter)
    await terminal.waitFor('Type "canary 1":')
  })

  test('Esc leads to the screen, where its databases are left alone and another one is worked on; v leads back', async () => {
    const run = await confirmed()
    const { terminal } = run
    await terminal.waitFor('08 waiting')
    await terminal.type(KEYS.esc)
    await terminal.waitFor('Databases (4)')
    await terminal.type(KEYS.enter)
    await terminal.waitFor('is being worked on')
    await terminal.type('n', KEYS.enter)
    await terminal.waitFor('Stopped at 05')
    await terminal.type('v')
    await terminal.waitFor('canary: 0 of 2 done')
    await until(run, 'what came of it')
    expect(run.region.sent).toEqual(['orders-staging', 'billing-staging'])
  })

  test('x stops it here; run again it takes over who watches, follows what was sent, and sends nothing twice', async () => {
    const run = await confirmed()
    const { terminal, region } = run
    await terminal.waitFor('08 waiting')
    await terminal.type('x')
    await terminal.waitFor('Stopped. Nothing more is begun from here')
    expect(run.progress.holder(run.subjectOf('orders-staging'))).toBeUndefined()
    // Somebody watches it alone meanwhile: the wave takes that over.
    await terminal.type(KEYS.esc, KEYS.enter)
    await terminal.waitFor('08 waiting')
    await terminal.type('v')
    await terminal.waitFor('canary: 2 databases, 1 at a time; under way')
    await terminal.type(KEYS.enter)
    expect(await terminal.waitFor('Type "canary 1":')).toContain('its change was sent before')
    for (let pages = 0; pages < 4; pages += 1) await terminal.type(KEYS.pageDown)
    await terminal.type('canary 1', KEYS.enter)
    await until(run, 'what came of it')
    expect(region.sent).toEqual(['orders-staging', 'billing-staging'])
  })

  test('a database that another process holds is named, with who holds it', async () => {
    const run = await asked({}, { columns: 160, rows: 40 })
    const other = { user: 'mori', host: 'bastion-2', pid: 42, since: run.clock.now(), purpose: 'rotating it' }
    const free = run.progress.holdAs(run.subjectOf('orders-staging'), other)
    await run.terminal.type('canary 2', KEYS.enter)
    const screen = await run.terminal.waitFor('what came of it')
    expect(screen).toContain('mori')
    expect(run.region.sent).toEqual([])
    free()
  })

  test('Ctrl-C ends the program, and leaves no lock', async () => {
    const run = await confirmed()
    await run.terminal.waitFor('08 waiting')
    await run.terminal.type(KEYS.ctrlC)
    await expect(run.ended).resolves.toEqual({ kind: 'interrupted' })
    expect(run.progress.holder(run.subjectOf('orders-staging'))).toBeUndefined()
    expect(run.region.sent).toEqual(['orders-staging'])
  })
})
