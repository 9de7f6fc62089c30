/** ask, probe-script, replies and status as an operator runs them, on saved progress of a real journal. */
import { spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runbook } from '../../steps/index.ts'
import { ask, type AskFlags } from '../../src/commands/ask.ts'
import { OperatorError } from '../../src/commands/operator-error.ts'
import { savedProgress } from '../../src/commands/open-session.ts'
import { probeScript } from '../../src/commands/probe-script.ts'
import { replies } from '../../src/commands/replies.ts'
import { status } from '../../src/commands/status.ts'
import { digestOf } from '../../src/rules/words.ts'
import { issue, type Issued } from '../support/certificates.ts'
import { goodFacts, production, REGION } from '../support/scenario.ts'

const folder = mkdtempSync(join(tmpdir(), 'people-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const stateDir = join(folder, 'state')
const config = join(folder, 'config.yaml')
const flags = { stateDir, config }
const digest = (name: string, data: string | Buffer) => createHash(name).update(data).digest('hex')
const sha1 = (pem: string) => digest('sha1', new X509Certificate(pem).raw)

let said = ''
/** What a command prints, and its exit code. */
async function ran(command: () => Promise<number>): Promise<readonly [code: number, said: string]> {
  said = ''
  const code = await command()
  return [code, said]
}
const refusedWith = async (command: () => Promise<number>): Promise<readonly [number, string]> => {
  try {
    await command()
  } catch (error) {
    if (error instanceof OperatorError) return [error.exitCode, error.message]
    throw error
  }
  throw new Error('it was not refused')
}

let roots: readonly [Issued, Issued]
beforeAll(async () => {
  roots = [
    await issue({ subject: 'CN=Amazon RDS Root 2019 CA, O=Test', ca: true }),
    await issue({ subject: `CN=Amazon RDS ${REGION} Root CA RSA2048 G1, O=Test`, ca: true }),
  ]
  writeFileSync(
    config,
    `formatVersion: 1
databases: { ${production.name}: { twin: none, target: rds-ca-rsa2048-g1 } }
applications:
  orders-api: { owner: { name: Orders team, mail: orders@example.org }, client: node-pg, databases: [${production.name}], verification: verify-full }
  reports: { owner: Analytics, databases: [${production.name}], verification: none }
  orphan: { databases: [${production.name}], verification: verify-ca }
  elsewhere: { owner: Analytics, databases: [another], verification: verify-full }
`,
  )
})
afterEach(() => vi.restoreAllMocks())
const listening = () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((said += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((said += String(chunk)), true))
}

/** 01 and 03 as looks would have saved them, with the two roots in a bundle on disk. */
async function lookedAt(): Promise<void> {
  const bundles = join(folder, 'bundles')
  mkdirSync(bundles, { recursive: true })
  const file = join(bundles, `${REGION}-bundle.pem`)
  const pem = roots.map((one) => one.pem).join('')
  writeFileSync(file, pem)
  const facts = goodFacts(production)
  const [old, target] = roots.map((one) => sha1(one.pem))
  Object.assign(facts.identify.basis, {
    thumbprint: old,
    candidates: [
      { ca: 'rds-ca-2019', thumbprint: old },
      { ca: 'rds-ca-rsa2048-g1', thumbprint: target },
    ],
  })
  Object.assign(facts.identify.detail, { caValidTill: Date.now() + 90 * 86_400_000 })
  Object.assign(facts.bundle.basis, { roots: [old, target] })
  Object.assign(facts.bundle.detail, { file, sha256: digest('sha256', pem) })
  const progress = savedProgress(stateDir)
  const journal = await progress.open(production.subject)
  await journal.append({ kind: 'rotation-started', rotation: 'r1', sequence: 'ca-change', name: production.name })
  const put = async (subject: typeof production.subject, step: 'identify' | 'bundle') =>
    (await progress.open(subject)).append({
      kind: 'evidence',
      step,
      version: runbook.steps[step]!.version,
      subject,
      facts: facts[step],
      digest: digestOf(facts[step].basis),
      rests: {},
    })
  await put(production.subject, 'identify')
  await put({ kind: 'bundle', world: production.subject.world, region: REGION, id: 'bundle' }, 'bundle')
}

describe('before anything was looked at', () => {
  it.each<[string, () => Promise<number>, number, string]>([
    ['ask', () => ask(undefined, flags), 2, 'Name whom to ask'],
    ['ask', () => ask('orders-api', { ...flags, all: true }), 2, 'Name whom to ask'],
    ['ask', () => ask('nobody', flags), 2, 'There is no application "nobody". Declared are: orders-api, '],
    ['ask', () => ask('orders-api', flags), 3, 'No database of orders-api is on record yet'],
    ['ask', () => ask(undefined, { ...flags, owner: 'Nobody' }), 2, 'Declared are: Orders team, Analytics.'],
    ['ask', () => ask('orders-api', { ...flags, by: '2026-02-30' }), 2, '--by 2026-02-30: must be a day'],
    ['ask', () => ask('orders-api', { ...flags, by: '2001-01-01' }), 2, '--by 2001-01-01: is over'],
    ['probe-script', () => probeScript(flags), 2, '--application NAME, or --host HOST[:PORT]'],
    ['probe-script', () => probeScript({ ...flags, host: 'db.example:5432' }), 2, 'with --region'],
    ['probe-script', () => probeScript({ ...flags, host: 'db.example' }), 2, 'Which engine is db.example?'],
    [
      'probe-script',
      () => probeScript({ ...flags, host: 'db.example:5432', region: 'eu-central-1' }),
      2,
      'no bundle of eu-central-1',
    ],
    ['replies', () => replies(join(folder, 'none'), flags), 2, 'none cannot be read'],
  ])('%s says what is missing (%#)', async (_, command, code, says) => {
    const [exit, message] = await refusedWith(command)
    expect(message).toContain(says)
    expect(exit).toBe(code)
  })
})

describe('everybody, before anything was looked at', () => {
  it.each([{ all: true }, { owner: 'Orders team' }])('is held back, with what to look at first (%o)', async (whom) => {
    listening()
    const [code, told] = await ran(() => ask(undefined, { ...flags, ...whom }))
    expect([code, told]).toEqual([3, expect.stringContaining('is on record yet: look at 01 and 03 of one') as string])
    expect(told).toContain('Nobody can be asked yet.')
  })
})

describe('from the question to the answer', () => {
  const out = join(folder, 'asked')
  const asking = (more: AskFlags = {}) => ran(() => ask(undefined, { ...flags, all: true, out, ...more }))

  it('asks who can be asked, says why others are not, and writes what is to be sent', async () => {
    await lookedAt()
    listening()
    const [code, told] = await asking()
    expect(code).toBe(0)
    expect(told).toContain('reports is not asked: it does not verify (none).')
    expect(told).toContain('orphan is not asked: declare its owner')
    expect(readdirSync(out)).toEqual(['Orders-team'])
    const message = readFileSync(join(out, 'Orders-team', 'message.txt'), 'utf8')
    expect(message).toContain('To: Orders team <orders@example.org>')
    expect(message).toContain('sslmode=verify-full&sslrootcert=rds-bundle.pem')
    // Where its store is, nobody has declared: whoever runs it names it.
    expect(message).toContain('node probe-orders-api.cjs STORE')
    expect((await ran(() => status({ ...flags, offline: true }, new AbortController().signal)))[1]).toMatch(
      /orders-api +Orders team +1 +asked /,
    )
  })

  it('the probe that goes with it prints what replies takes in; status says what would break', () => {
    const store = join(folder, 'store.pem')
    writeFileSync(store, roots[0].pem)
    const { stdout } = spawnSync('sh', [join(out, 'Orders-team', 'probe-orders-api.sh'), store], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        RDS_CA_ADDRESS: `${production.name}.c0.${REGION}.rds.example:5432=127.0.0.1:1`,
      },
    })
    const mails = join(folder, 'mails')
    mkdirSync(mails)
    writeFileSync(join(mails, '1.eml'), `Subject: Re\r\n\r\n> ${stdout}`)
    writeFileSync(join(mails, '2.txt'), 'Nothing of interest.')
    symlinkSync('/nowhere', join(mails, '3.eml'))
    listening()
    return (async () => {
      const [code, told] = await ran(() => replies(mails, flags))
      expect([code, told]).toEqual([0, expect.stringContaining(`${store} on ${hostname()}`) as string])
      expect(told).toContain('trusts 1 of the 2 roots that were asked about')
      const [, standing] = await ran(() => status({ ...flags, offline: true }, new AbortController().signal))
      expect(standing).toMatch(/orders-api +Orders team +1 +would break /)
      const [again, duplicate] = await ran(() => replies(mails, flags))
      expect([again, duplicate]).toEqual([0, expect.stringContaining('is on record already') as string])
      // Messages and probes lie beside what is answered to them, or quoted below it.
      expect((await ran(() => replies(out, flags)))[1]).toContain('There is no reply in')
      // The next message says what is known by now.
      await asking({ format: 'markdown' })
      const message = readFileSync(join(out, 'Orders-team', 'message.md'), 'utf8')
      expect(message).toContain(`does not trust the root of rds-ca-rsa2048-g1: it is not in ${store} on ${hostname()}`)
    })()
  })

  it('a database that is on its target already is nobody’s to answer for', async () => {
    listening()
    const onTarget = join(folder, 'on-target.yaml')
    writeFileSync(
      onTarget,
      readFileSync(config, 'utf8')
        .replace('target: rds-ca-rsa2048-g1', 'target: rds-ca-2019')
        .replaceAll(/elsewhere.*\n|orphan.*\n/g, ''),
    )
    const [code, told] = await ran(() => ask('orders-api', { ...flags, config: onTarget }))
    expect([code, told]).toEqual([
      0,
      expect.stringContaining(`orders-api is not asked: on their target already are ${production.name}.`) as string,
    ])
    expect(told).toContain('Nobody is to be asked')
  })

  it('JSON tells the same to programs, and no nonce', async () => {
    listening()
    const [, lines] = await ran(() => status({ ...flags, offline: true, json: true }, new AbortController().signal))
    const asked = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(asked.find((one) => one['application'] === 'orders-api')).toMatchObject({
      state: 'would break',
      owner: 'Orders team',
      databases: [production.name],
    })
    const journal = await savedProgress(stateDir).open({
      kind: 'application',
      world: production.subject.world,
      id: 'orders-api',
    })
    const nonces = journal.state.questions.map(({ nonce }) => nonce)
    expect(nonces).toHaveLength(1)
    for (const nonce of nonces) expect(lines).not.toContain(nonce)
    const [code, script] = await ran(() => probeScript({ ...flags, application: 'orders-api', kind: 'python' }))
    expect([code, script.split('\n')[0], script.includes(nonces[0]!)]).toEqual([0, '#!/usr/bin/env python3', true])
  })
})
