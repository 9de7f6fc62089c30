import { afterEach, describe, expect, test } from 'vitest'
import { KEYS } from '../../support/terminal.ts'
import type { Wish } from '../../support/session.ts'
import { drive, type Driven, type Looks } from './drive.ts'

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

const start = async (looks: Looks = {}, wish: Wish = {}): Promise<Driven> => {
  driven = await drive(wish, looks)
  return driven
}

describe.each([
  [60, 16],
  [80, 24],
  [200, 60],
])('a window of %i x %i', (columns, rows) => {
  test('is never overrun, on any screen', async () => {
    const run = await start({ columns, rows })
    const { terminal } = run
    const within = async () => {
      const lines = (await terminal.still()).split('\n')
      expect(terminal.scrolledAway()).toBe(0)
      expect(lines).toHaveLength(rows)
      // The badge is in the first row: nothing pushed it out.
      expect(lines[0]).toMatch(/^\[EXECUTE\]/)
      expect(lines.at(-1)).toMatch(/help {2}q quit$|Ctrl-C end$/)
    }
    await within()
    await run.toTheGate()
    for (const keys of [
      [KEYS.right],
      [KEYS.left],
      [KEYS.left],
      ['?'],
      [KEYS.esc],
      ['m'],
      [KEYS.esc],
      ['d'],
      [KEYS.esc],
      ['c'],
      [KEYS.esc],
    ]) {
      await terminal.type(...keys)
      await within()
    }
  })
})

describe('resizing', () => {
  test('too small says how large it must be; what was typed is there again when it is large enough', async () => {
    const run = await start()
    await run.toTheGate()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    await run.terminal.type('orders-sta')
    await run.terminal.resize(40, 10)
    await run.terminal.waitFor((screen) => screen.replaceAll('\n', ' ').includes('it must be at least 60x16'))
    await run.terminal.resize(80, 24)
    await run.terminal.waitFor('name: orders-sta|')
    await run.terminal.type('ging', KEYS.enter)
    await run.terminal.waitFor('AWS took the request')
  })

  test('one pane at a time on a small window, all of them on a large one', async () => {
    const { terminal } = await start({ columns: 60, rows: 16 })
    expect(terminal.screen()).not.toContain('Databases')
    await terminal.type(KEYS.left)
    await terminal.waitFor('▸ Databases (4)')
    await terminal.type(KEYS.right, KEYS.right)
    await terminal.waitFor('▸ 01 Identify the database: not looked at')
    await terminal.resize(200, 60)
    const screen = await terminal.waitFor('Databases (4)')
    expect(screen).toContain('10 Close out')
    expect(screen).toContain('The same name can mean another database')
  })

  test('going through sizes leaves nothing of the frame before', async () => {
    const { terminal } = await start()
    for (const [columns, rows] of [
      [60, 16],
      [200, 60],
      [30, 5],
      [140, 24],
      [80, 24],
    ] as const)
      await terminal.resize(columns, rows)
    const resized = await terminal.still()
    await driven?.end()
    driven = undefined
    const fresh = await start()
    expect(resized).toBe(await fresh.terminal.still())
  })
})

test('a page that is longer than its pane scrolls, and starts at the top again with another step', async () => {
  const run = await start()
  await run.toTheGate()
  await run.terminal.type('7', KEYS.pageDown)
  await run.terminal.waitFor('7-13 of')
  await run.terminal.type(KEYS.pageUp)
  await run.terminal.waitFor('1-7 of')
  await run.terminal.type(KEYS.pageDown, '6')
  await run.terminal.waitFor('1-7 of')
})

test('the whole request must have been seen before the name is taken', async () => {
  const run = await start({ columns: 60, rows: 16 })
  await run.toTheGate()
  await run.terminal.type('c')
  await run.terminal.waitFor('Type the database')
  await run.terminal.type('orders-staging', KEYS.enter)
  await run.terminal.waitFor('has not been read to its end')
  expect(run.region.sent).toEqual([])
  await run.terminal.type(KEYS.pageDown, KEYS.pageDown)
  await run.terminal.waitFor('--apply-immediately')
  await run.terminal.type(KEYS.enter)
  await run.terminal.waitFor('AWS took the request')
})

test('names in wide characters keep the columns straight', async () => {
  const run = await start(
    {},
    {
      databases: [
        ['注文データベース本番環境-production', 'postgres'],
        ['orders-staging', 'postgres'],
      ],
    },
  )
  const rows = (await run.terminal.still()).split('\n').slice(1, 6)
  // Every row has the line between the panes in the same column of the terminal.
  expect(rows[1]).toMatch(/^▸ · 注文データベース本番環… *│/)
  expect(rows[2]?.indexOf('│')).toBe(28)
})

test('a session without databases says so, and can be left', async () => {
  const { terminal, ended } = await start({}, { databases: [] })
  await terminal.waitFor('There is no database to rotate here')
  await terminal.type(KEYS.enter)
  await terminal.waitFor('Enter: There is no database.')
  await terminal.type('q')
  await expect(ended).resolves.toEqual({ kind: 'quit' })
})

test('notices are the first thing that is said, and all of them are with the messages', async () => {
  const { terminal } = await start({}, { notices: ['No MySQL server was found.', 'One account cannot be read.'] })
  await terminal.waitFor('No MySQL server was found. → m shows 1 more.')
  await terminal.type('m')
  await terminal.waitFor('One account cannot be read.')
})

describe('leaving', () => {
  const restored = ({ terminal }: Driven) => ({
    raw: terminal.raw,
    alternate: terminal.alternate,
    cursorHidden: terminal.cursorHidden,
    paste: terminal.bracketedPaste,
  })
  const AS_IT_WAS = { raw: false, alternate: false, cursorHidden: false, paste: false }

  test('while it runs, the terminal is in its hands', async () => {
    const run = await start()
    expect(restored(run)).toEqual({ raw: true, alternate: true, cursorHidden: true, paste: true })
  })

  test.each([
    ['q', 'q', 'quit'],
    ['Ctrl-C', KEYS.ctrlC, 'interrupted'],
  ] as const)('%s restores the terminal', async (_, key, kind) => {
    const run = await start()
    await run.terminal.type(key)
    await expect(run.ended).resolves.toEqual({ kind })
    expect(restored(run)).toEqual(AS_IT_WAS)
  })

  test('Ctrl-C ends it where a line is typed, and nothing is sent', async () => {
    const run = await start()
    await run.toTheGate()
    await run.terminal.type('c')
    await run.terminal.waitFor('Type the database')
    await run.terminal.type('orders-staging', KEYS.ctrlC)
    await expect(run.ended).resolves.toEqual({ kind: 'interrupted' })
    expect(run.region.sent).toEqual([])
    expect(restored(run)).toEqual(AS_IT_WAS)
  })

  test('what hangs is waited for, and a second Ctrl-C does not wait', async () => {
    const run = await start()
    run.region.hangs = true
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('looking at 01')
    await run.terminal.type(KEYS.ctrlC)
    await run.terminal.waitFor('Ending: what is under way is waited for. Ctrl-C again ends at once.')
    await run.terminal.type(KEYS.ctrlC)
    await expect(run.ended).resolves.toEqual({ kind: 'interrupted' })
    expect(restored(run)).toEqual(AS_IT_WAS)
  })

  test('a terminal that is closed ends it, and what was under way is stopped', async () => {
    const run = await start()
    await run.toTheGate()
    run.terminal.hangUp()
    await expect(run.ended).resolves.toEqual({ kind: 'interrupted' })
    expect(run.progress.holder(run.subjectOf('orders-staging'))).toBeUndefined()
  })

  test('the caller can end it, as a signal to the process does', async () => {
    const run = await start()
    await run.end()
    await expect(run.ended).resolves.toEqual({ kind: 'interrupted' })
    expect(restored(run)).toEqual(AS_IT_WAS)
  })

  test('Ctrl-Z hands the terminal back, and coming back draws it anew', async () => {
    const run = await start()
    const before = await run.terminal.still()
    await run.terminal.type(KEYS.ctrlZ)
    await run.terminal.waitFor(before)
    expect(run.stops).toHaveLength(1)
    const handedBack = run.terminal.written().split('\u001B[?1049l').length - 1
    expect(handedBack).toBe(1)
    expect(restored(run)).toEqual({ raw: true, alternate: true, cursorHidden: true, paste: true })
  })
})
