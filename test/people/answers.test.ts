/** Answers in the wizard: pasted on its screen or at its question, and what 04 and 05 make of them. */
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { putQuestion } from '../../src/commands/people/put-question.ts'
import type { DeclaredApplication } from '../../src/ports/world.ts'
import { presentQuestion, type AskedRoot, type ProbedHandshake } from '../../src/rules/asking.ts'
import { applicationSubject } from '../../src/runner/desk.ts'
import { look } from '../../src/runner/look.ts'
import { plainWizard } from '../../src/ui/plain/plain-wizard.ts'
import { replyLine, type ReplyWish } from '../support/reply.ts'
import { DAY } from '../support/scenario.ts'
import { REGION } from '../support/scripted-region.ts'
import { testSession, WORLD, type TestSession } from '../support/session.ts'
import { KEYS } from '../support/terminal.ts'
import { drive } from '../ui/tui/drive.ts'

const SIGNAL = new AbortController().signal
const ROOTS: readonly AskedRoot[] = ['a', 'b'].map((digit) => ({
  region: REGION,
  sha1: digit.repeat(40),
  sha256: digit.repeat(64),
}))
const LEAF = 'c'.repeat(40).repeat(2).slice(0, 64)
const PAIR = [
  ['orders-staging', 'postgres'],
  ['orders-production', 'postgres'],
] as const

async function asked(test: TestSession, application = 'orders-api') {
  const journal = await test.progress.open(applicationSubject({ kind: 'database', world: WORLD, id: '' }, application))
  const endpoint = { host: `orders-staging.c0.${REGION}.rds.example`, port: 5432, engine: 'postgres' as const }
  await putQuestion(journal, { endpoints: [endpoint], roots: ROOTS }, { now: test.clock.now(), anew: false })
  const line = (wish: Partial<ReplyWish> = {}) =>
    replyLine(presentQuestion(journal.state)!, { application, ranAt: test.clock.now(), ...wish })
  const met = (result: ProbedHandshake['result'], leaf?: string): ProbedHandshake => ({
    host: endpoint.host,
    port: endpoint.port,
    result,
    leaf,
  })
  return { journal, line, met }
}

/** The staging database with 01 to 04 proven, so that 05 looks at its own endpoint. */
async function readyFor05() {
  const test = await testSession({ databases: PAIR })
  test.region.storeIsStale = false
  const [{ desk }] = test.session.databases as [(typeof test.session.databases)[number]]
  const after = async (step: string) => look(desk, step, SIGNAL)
  for (const step of ['identify', 'census', 'bundle', 'trust-stores']) await after(step)
  return { ...test, desk, after, ...(await asked(test)) }
}

describe('05 and an answered handshake', () => {
  const CHECK = 'orders-api'
  const checkOf = async ({ after }: Awaited<ReturnType<typeof readyFor05>>) => {
    await after('trust-stores')
    const { standing, facts, shortfalls, until } = await after('staging')
    const { checks } = facts!.detail as { checks: Record<string, { ended: string; answered?: object }> }
    return { standing, check: checks[CHECK], short: shortfalls.map(({ shortfall }) => shortfall.code), until }
  }

  it('is a check that passed, until 14 days from its run, when it met the certificate that is served', async () => {
    const test = await readyFor05()
    await test.session.takeReplies(test.line({ handshakes: [test.met('ok', LEAF)] }))
    test.clock.move(13.5 * DAY)
    for (const step of ['identify', 'census', 'bundle']) await test.after(step)
    expect(await checkOf(test)).toMatchObject({
      standing: 'proven',
      check: { ended: 'ok', answered: { user: 'app' } },
      until: test.clock.now() + 0.5 * DAY,
    })
  })

  it('closes the gate when it failed', async () => {
    const test = await readyFor05()
    await test.session.takeReplies(test.line({ handshakes: [test.met('untrusted')] }))
    expect(await checkOf(test)).toMatchObject({ standing: 'not-proven', short: ['check-failed'] })
  })

  it.each<[string, ProbedHandshake['result'], string | undefined]>([
    ['another certificate was served', 'ok', 'f'.repeat(64)],
    ['nobody was there', 'unreachable', undefined],
  ])('says nothing where %s', async (_, result, leaf) => {
    const test = await readyFor05()
    await test.session.takeReplies(test.line({ handshakes: [test.met(result, leaf)] }))
    const own = await checkOf(test)
    expect(own.check?.answered).toBeUndefined()
    expect(own.standing).toBe('proven')
  })

  it('outdates 05 when another answer comes', async () => {
    const test = await readyFor05()
    await test.session.takeReplies(test.line({ handshakes: [test.met('ok', LEAF)] }))
    expect((await checkOf(test)).standing).toBe('proven')
    test.clock.move(60_000)
    await test.session.takeReplies(test.line({ handshakes: [test.met('untrusted')] }))
    await test.desk.refresh()
    expect(test.desk.assess().steps.get('trust-stores')?.standing).toBe('outdated')
    await test.after('trust-stores')
    expect(test.desk.assess().steps.get('staging')?.standing).toBe('outdated')
  })
})

describe('the terminal UI', () => {
  it('takes a pasted reply in, in pieces as mail has wrapped it, and looks at 04', async () => {
    const run = await drive({ databases: PAIR })
    onTestFinished(() => run.end())
    const { line, journal } = await asked(run)
    await run.terminal.type(KEYS.enter)
    await run.idle()
    await run.terminal.paste(
      `> ${line({ roots: [ROOTS[0]!.sha1] })
        .match(/.{1,60}/g)!
        .join('\n> ')}\n`,
    )
    await run.terminal.waitFor('trusts 1 of the 2 roots')
    await run.idle()
    expect(journal.state.replies).toHaveLength(1)
    expect(journal.state.evidence['trust-stores']?.rests).toHaveProperty('answers')
    await run.terminal.paste(line({ roots: [ROOTS[0]!.sha1] }))
    await run.terminal.waitFor('is on record already')
  })

  it('has a form for terminals that do not tell pasting from typing', async () => {
    const run = await drive({ databases: PAIR })
    onTestFinished(() => run.end())
    await run.terminal.type('y')
    await run.terminal.waitFor('Take in a reply')
    await run.terminal.type('hello', KEYS.enter)
    await run.terminal.waitFor('There is no reply in that')
  })
})

describe('the plain wizard', () => {
  /** Answers each of these questions once, when it comes, and every other with Enter. */
  async function answering(
    test: TestSession,
    answers: readonly (readonly [asks: string, typed: string])[],
  ): Promise<string> {
    const stdin = new PassThrough()
    const stdout = new PassThrough()
    const said: string[] = []
    const left = new Map(answers)
    stdout.on('data', (chunk: Buffer) => {
      const text = chunk.toString()
      said.push(text)
      if (!/[:?] $/.test(text)) return
      const asks = [...left.keys()].find((one) => text.includes(one))
      stdin.write(asks === undefined ? '\n' : (left.get(asks) ?? '\n'))
      if (asks !== undefined) left.delete(asks)
    })
    const one = { ...test.session, remedies: [], databases: test.session.databases.slice(0, 1) }
    await plainWizard(one, { stdin, stdout }, SIGNAL)
    expect([...left.keys()]).toEqual([])
    return said.join('')
  }

  it('takes a reply of several lines at its question', async () => {
    const test = await testSession({ databases: PAIR })
    const { line, journal } = await asked(test, 'reports')
    const pasted = `${line()
      .match(/.{1,70}/g)!
      .join('\n')}\n`
    expect(await answering(test, [['Paste the line', pasted]])).toContain(
      'taken in: reports trusts all 2 roots that were asked about (/etc/ssl/rds.pem on reports-7f9, as app',
    )
    expect(journal.state.replies.map(({ from }) => from)).toEqual(['pasted'])
  })

  it('puts a named person’s word on record, which is shown as attested and never as proven', async () => {
    const test = await testSession({ databases: PAIR })
    const applications = test.region.applications as Map<string, DeclaredApplication>
    applications.set('reports', { ...applications.get('reports')!, trustStores: [] })
    const said = await answering(test, [
      ['Type "attest"', 'attest\n'],
      ['Whose word', 'Anna\n'],
      ['which ticket', 'OPS-7\n'],
      ['Until which day', '2026-12-31\n'],
    ])
    expect(said).toContain('On record: attested by Anna (OPS-7) until 2026-12-31.')
    const position = test.session.databases[0]!.desk.assess().steps.get('trust-stores')
    expect([position?.standing, position?.applications?.get('reports')?.standing]).toEqual(['attested', 'attested'])
    const met = position?.shortfalls.map((one) => one.met)
    expect(met).toEqual([{ by: 'attested', who: 'Anna', until: Date.UTC(2027, 0, 1) - 1 }])
  })

  it('puts nothing on record for a day that is over, or a word that nobody gives', async () => {
    const test = await testSession({ databases: PAIR })
    const applications = test.region.applications as Map<string, DeclaredApplication>
    applications.set('reports', { ...applications.get('reports')!, trustStores: [] })
    const said = await answering(test, [
      ['Type "attest"', 'attest\n'],
      ['Whose word', 'Anna\n'],
      ['which ticket', 'OPS-7\n'],
      ['Until which day', '2026-11-01\n'],
    ])
    expect(said).toContain('"2026-11-01" is no day that lies ahead. Nothing was put on record.')
    await answering(test, [
      ['Type "attest"', 'attest\n'],
      ['Whose word', '\n'],
    ])
    const { state } = await test.progress.open(applicationSubject(test.subjectOf('orders-staging'), 'reports'))
    expect(state.attestations).toEqual([])
  })
})
