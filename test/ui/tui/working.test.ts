import { afterEach, describe, expect, test } from 'vitest'
import { ProgressUnusable } from '../../../src/ports/progress.ts'
import { CannotAsk } from '../../../src/ports/control-plane.ts'
import { NEW_CA } from '../../support/scripted-region.ts'
import { KEYS } from '../../support/terminal.ts'
import { testSession, type Wish } from '../../support/session.ts'
import { confirmAs, drive, type Driven } from './drive.ts'

let driven: Driven | undefined
afterEach(async () => {
  await driven?.end()
  driven = undefined
})

const start = async (wish: Wish = {}): Promise<Driven> => {
  driven = await drive(wish)
  return driven
}

/** orders-staging is being changed by AWS, and watched. */
const underWay = async (): Promise<Driven> => {
  const run = await start()
  await run.toTheGate()
  await confirmAs(run, 'orders-staging')
  await run.terminal.waitFor('AWS took the request')
  await run.terminal.type(KEYS.esc)
  await run.terminal.waitFor('08 waiting')
  return run
}

describe('live waiting', () => {
  test('elapsed time and the next look are shown, and it goes on by itself until it is done', async () => {
    const run = await underWay()
    run.clock.move(2_000)
    await run.terminal.waitFor('looks again in 3 s')
    run.clock.move(3_000)
    await run.terminal.waitFor('08 waiting 5 s')
    await run.terminal.waitFor(() => run.clock.sleeping() > 0)
    run.clock.move(5_000)
    await run.terminal.waitFor('Done: every step is met.')
    expect(await run.idle()).toContain('✔ 10 Close out')
  })

  test('another database is worked on meanwhile, one thing at a time for each', async () => {
    const run = await underWay()
    await run.terminal.type('n', 'n', KEYS.enter)
    await run.terminal.waitFor('▸ · billing-staging')
    await run.terminal.waitFor((screen) => screen.includes('✔ 03 Download the trust bundle'))
    const screen = await run.idle()
    expect(screen).toContain('08 waiting')
    await run.terminal.type('p', 'p', KEYS.enter)
    await run.terminal.waitFor('Enter: Orders-staging is being worked on: x stops it.')
  })

  test('x stops watching: nothing is undone, and Enter goes on watching', async () => {
    const run = await underWay()
    await run.terminal.type('x')
    await run.terminal.waitFor('Stopped. Nothing is lost.')
    await run.idle()
    expect(run.clock.sleeping()).toBe(0)
    expect(run.progress.holder(run.subjectOf('orders-staging'))).toBeUndefined()
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('08 waiting')
  })

  test('q while AWS works: it ends at once, and the lock is free', async () => {
    const run = await underWay()
    await run.terminal.type('q')
    await expect(run.ended).resolves.toEqual({ kind: 'quit' })
    expect(run.clock.sleeping()).toBe(0)
    expect(run.progress.holder(run.subjectOf('orders-staging'))).toBeUndefined()
  })
})

describe('a change that an earlier run sent', () => {
  test('is watched from the start, without a key', async () => {
    const run = await underWay()
    await run.terminal.type('q')
    await run.ended
    driven = await drive({}, {}, run)
    await driven.terminal.waitFor('08 waiting')
    expect(driven.region.sent).toEqual(['orders-staging'])
  })

  test('without an answer is observed from the start, and taken over when AWS shows it', async () => {
    const run = await start()
    await run.toTheGate()
    run.region.outcome = { kind: 'unknown', cause: 'the connection was lost' }
    await confirmAs(run, 'orders-staging')
    await run.terminal.waitFor('No answer came')
    await run.terminal.type(KEYS.ctrlC)
    await run.ended
    const record = run.region.databases.get('orders-staging')
    if (record) record.pendingCa = NEW_CA
    driven = await drive({}, {}, run)
    await driven.terminal.waitFor('It has arrived. AWS shows rds-ca-rsa2048-g1 as pending.')
    expect(driven.region.sent).toEqual(['orders-staging'])
  })

  test('without an answer and not to be seen: it is said, and a person decides', async () => {
    const run = await start()
    await run.toTheGate()
    run.region.outcome = { kind: 'unknown', cause: 'the connection was lost' }
    await confirmAs(run, 'orders-staging')
    await run.terminal.waitFor('No answer came')
    await run.terminal.type(KEYS.esc)
    await run.idle()
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('observing 0 s')
    // In steps: time that a clock jumps over is not taken for time that AWS had.
    const said = 'no answer is on record, and its effect'
    const watched = (screen: string) => screen.includes(said) || run.clock.sleeping() > 0
    while (!(await run.terminal.waitFor(watched)).includes(said)) run.clock.move(5_000)
    const screen = await run.idle()
    expect(screen).toContain('o: a change was sent and no answer is on record.')
    expect(screen).toContain('interrupted')
  })
})

describe('what stands in the way', () => {
  test('somebody else holds the database: who, since when, and what to do', async () => {
    const run = await start()
    const free = run.progress.holdAs(run.subjectOf('orders-staging'), {
      user: 'bert',
      host: 'bastion-2',
      pid: 42,
      since: run.clock.now(),
      purpose: 'rotating orders-staging',
    })
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('bert@bastion-2 (process 42) has been working on this database')
    free()
    await run.idle()
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('✔ 01 Identify the database')
  })

  test('progress that cannot be saved is said, and the program goes on', async () => {
    const run = await start()
    run.progress.failWith(
      new ProgressUnusable('NO_SPACE', '/state/x.jsonl', 'There is no space left for /state/x.jsonl. Make room.'),
    )
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('There is no space left for /state/x.jsonl. Make room.')
    run.progress.failWith(undefined)
    await run.idle()
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('✔ 01 Identify the database')
  })

  test('a look that fails says why, with its cure', async () => {
    const run = await start()
    run.region.failure = new CannotAsk('AccessDenied', 'DescribeDBInstances', 'no', {
      permission: 'rds:DescribeDBInstances',
    })
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('→ Add it to the policy of the profile in use.')
    expect(await run.idle()).toContain('cannot look')
  })

  test('a bug ends the program, with the terminal as it was', async () => {
    const run = await start()
    run.region.failure = new TypeError('x is not a function')
    await run.terminal.type(KEYS.enter)
    await expect(run.ended).rejects.toThrow('x is not a function')
    expect(run.terminal.alternate).toBe(false)
    expect(run.terminal.raw).toBe(false)
  })
})

describe('answers', () => {
  const bare: Wish = {
    declared: (name) => ({
      environment: name.endsWith('staging') ? 'staging' : 'production',
      ...(name.endsWith('staging') && { twin: 'none' }),
    }),
  }

  test('decisions: the target as proposed, no applications as typed, and a twin among the staging databases', async () => {
    const run = await start(bare)
    await run.terminal.type('n', KEYS.enter)
    await run.terminal.waitFor('Undecided: target CA')
    await run.idle()
    await run.terminal.type('d')
    await run.terminal.waitFor(`▸ ${NEW_CA}`)
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor(`Decided: target CA: ${NEW_CA}`)
    await run.idle()
    await run.terminal.type('d', KEYS.home)
    await run.terminal.waitFor('decisions')
    await run.terminal.type(KEYS.down, KEYS.down, KEYS.enter)
    await run.terminal.waitFor('▸ orders-staging')
    expect(run.terminal.screen()).not.toContain('billing-production')
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('Decided: twin')
    await run.idle()
    await run.terminal.type('d', KEYS.home, KEYS.down, KEYS.down, KEYS.down, KEYS.enter)
    await run.terminal.waitFor('There are no applications')
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('no application connects')
    await run.terminal.type('none', KEYS.enter)
    await run.terminal.waitFor('Expected exactly "there are no applications"')
    await run.terminal.type(KEYS.ctrlU, 'there are no applications', KEYS.enter)
    await run.terminal.waitFor('Decided: applications')
    await run.idle()
    expect(run.session.databases[1]?.desk.decided).toMatchObject({
      target: { ca: NEW_CA },
      twin: { name: 'orders-staging' },
      applications: [],
    })
  })

  test('a client is accounted for by name, with a reason', async () => {
    const run = await start({
      declared: () => ({
        environment: 'staging',
        twin: 'none',
        target: { ca: NEW_CA },
        applications: [],
      }),
    })
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('Stopped at 02')
    await run.idle()
    await run.terminal.type('w', KEYS.enter)
    await run.terminal.waitFor('Account for it by name: it is not ours')
    await run.terminal.type(KEYS.down, KEYS.down, KEYS.enter)
    await run.terminal.waitFor('Accounted for: it is not ours.')
    await run.terminal.type('the DBA at work', KEYS.enter)
    await run.terminal.waitFor('is accounted for')
    await run.idle()
    expect(run.session.databases[0]?.desk.decided.clients).toEqual([
      { user: 'dbadmin', application: 'psql', as: 'not-ours', why: 'the DBA at work' },
    ])
  })

  test('a waiver takes a typed reason, and counts for what it was given for', async () => {
    const run = await start({
      declared: () => ({
        environment: 'production',
        twin: 'none',
        target: { ca: NEW_CA },
        applications: [],
        clients: ['orders_api', 'reports', 'dbadmin'].map((user) => ({
          user,
          application: user === 'dbadmin' ? 'psql' : user,
          as: 'accepted',
          why: 'x',
        })),
      }),
    })
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('Stopped at 05')
    await run.idle()
    await run.terminal.type('w')
    await run.terminal.waitFor('waive')
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('Reason is missing.')
    await run.terminal.type('no staging exists', KEYS.enter)
    await run.terminal.waitFor('The waiver is on record.')
    expect(await run.idle()).toMatch(/∼ 05 Prove verify-full on staging +waived/)
  })

  test('an attestation takes name, ticket and a day; a wrong day is said', async () => {
    const test = await testSession()
    const stores = test.region.applications.get('reports')
    if (stores) Object.assign(stores, { trustStores: [] })
    driven = await drive({}, {}, test)
    const run = driven
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('Stopped at 04')
    await run.idle()
    await run.terminal.type('a')
    await run.terminal.waitFor('Name:')
    await run.terminal.type('Ada Byron', KEYS.enter, 'OPS-7', KEYS.enter, '2026-13-01', KEYS.enter)
    await run.terminal.waitFor('"2026-13-01" is not a day')
    await run.terminal.type(KEYS.ctrlU, '2026-12-31', KEYS.enter)
    await run.terminal.waitFor('attested by Ada Byron (OPS-7)')
    expect(await run.idle()).toContain('attested')
  })

  test('f has it mended and looks again', async () => {
    const run = await start()
    await run.terminal.type(KEYS.enter)
    await run.terminal.waitFor('Stopped at 04')
    await run.idle()
    await run.terminal.type('f')
    await run.terminal.waitFor('✔ 04 Check every trust store')
  })

  test('a key that does nothing now says why', async () => {
    const run = await start()
    await run.terminal.type('w')
    await run.terminal.waitFor('w: Nothing at this step may be waived.')
    await run.terminal.type('7', 'l')
    await run.terminal.waitFor('l: A change is not looked at')
    await run.terminal.type('x')
    await run.terminal.waitFor('x: Nothing is being done for this database.')
    await run.terminal.type('z')
    await run.terminal.waitFor('"z" is no key here.')
    await run.terminal.paste('ccqq')
    await run.terminal.waitFor('Pasted text is taken only where something is typed.')
  })
})
