/**
 * kill -9, anywhere: of the program alone, of the Region alone, of both. What is on record is shown by the next start, what was sent is
 * observed before anything else, and each database is changed exactly once in the end.
 *
 * One state directory is killed and resumed many times in a row: every start but the last one is a victim, and each goes on from what
 * all those before it left behind.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run, until, type Running } from '../support/program.ts'
import { seeded } from '../support/seeded.ts'
import { Victim } from '../support/victim.ts'

const INTERRUPTED = 'Interrupted. What was proven is saved; start again to go on from there.\n'

/** Much comes before a change: every look of every step. */
const BOUND = 90_000
const asked = (victim: Victim, database: string) => () =>
  until(
    `a ModifyDBInstance of ${database}`,
    () => victim.state.changes().includes(`ModifyDBInstance ${database}`),
    BOUND,
  )
const printed = (text: string) => (running: Running) => running.saw(text)

/** Where a text stands in what was printed; a failing test shows what was. */
const at = (stdout: string, text: string): number => {
  expect(stdout).toContain(text)
  return stdout.indexOf(text)
}

describe('kill -9', { timeout: 180_000 }, () => {
  const victim = new Victim()
  const { state } = victim
  afterAll(() => state.remove())

  it('during set-up leaves nothing half-made', async () => {
    const { stdout } = await victim.kill('both', () =>
      until('set-up has begun', () => existsSync(join(state.path, 'rehearsal', 'pki'))),
    )
    expect(stdout).toBe('')
    expect(existsSync(join(state.path, 'rehearsal', 'state.json'))).toBe(false)
  })

  it('is not what Ctrl-C needs during set-up: it is not waited for', async () => {
    const running = victim.start()
    await until('the Region is being started', () => state.regionPids().length > 0)
    running.child.kill('SIGINT')
    expect(await running.ended).toEqual({ code: 130, stdout: '', stderr: INTERRUPTED })
    expect(state.regionPids()).toHaveLength(1)
    await state.endRegion('SIGKILL')
  })

  it('at seeded points of the program: the next start goes on', async () => {
    const { below } = seeded(20_261_122)
    for (let round = 0; round < 7; round += 1) await victim.crash({ nth: 1 + below(120) })
  })

  it('of both, while a trust store is being mended', async () => {
    await victim.kill('both', printed('04 Check every trust store: not proven'))
  })

  it('before a request leaves: it is observed, given up, and confirmed anew', async () => {
    const database = 'orders-staging'
    const killed = await victim.crash({ label: `before send ModifyDBInstance ${database} after intent modify #1` })
    expect(killed?.stdout).toContain(`${database}: 07 sending`)
    expect(state.changes()).not.toContain(`ModifyDBInstance ${database}`)
    const status = await run(['status', '--offline', ...state.flags])
    expect(status.stdout).toMatch(/orders-staging .* 07 +interrupted/)

    // Interrupted while it sends, it waits for the answer: that is worth more than a quick end.
    const running = victim.start()
    await running.saw(`${database}: 07 sending`)
    running.child.kill('SIGINT')
    const { code, stdout, stderr } = await running.ended
    expect(stdout).toContain(`on record: ${database}: next is step 07: interrupted`)
    expect(at(stdout, 'observing until')).toBeLessThan(at(stdout, '07 sending'))
    expect(stdout).toContain(`${database}: 07 AWS took it`)
    expect(stderr).toBe(INTERRUPTED)
    expect(code).toBe(130)
  })

  it('while it sends, and then of both right after the Region took it: it is adopted, and not sent again', async () => {
    const database = 'billing-production'
    await victim.kill('program', printed(`${database}: 07 sending`))
    await victim.kill('both', asked(victim, database))
    const { stdout } = await victim.kill('program', printed(`${database}: 08 Wait until AWS agrees`))
    expect(stdout).toContain(`on record: ${database}: next is step 0`)
    expect(stdout).not.toContain(`${database}: 07 sending`)
  })

  it('of the Region alone, right after it took the request: nothing is given up that could not be looked at', async () => {
    const database = 'orders-production'
    const { code, stdout, stderr } = await victim.kill('region', asked(victim, database))
    expect(stdout).not.toContain('giving the intent up')
    expect(stderr).not.toContain('Bug')
    expect(code, stdout + stderr).toBe(5)
  })

  it('leaves a rotation that finishes, with exactly one change for each database', async () => {
    await victim.isDone(await victim.finish())
  })
})
