/** `trust-stores` as an operator types it: what it says, exit codes, and that nothing is left behind. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { identify } from '../../steps/01-identify.ts'
import { savedProgress } from '../../src/commands/open-session.ts'
import { failureSentence } from '../../src/commands/failure-sentence.ts'
import { trustStores, type TrustStoresFlags } from '../../src/commands/trust-stores.ts'
import { digestOf } from '../../src/rules/words.ts'
import { readBundle, bundled } from '../../src/tls/bundled.ts'
import { goodFacts, production } from '../support/scenario.ts'
import { onTerminal } from '../support/on-terminal.ts'
import { data, EC, RSA } from '../tls/stores/store-lab.ts'

const directory = mkdtempSync(join(tmpdir(), 'trust-stores-'))
afterAll(() => rmSync(directory, { recursive: true }))
const stateDir = join(directory, 'state')
const AWS = data('rds-global-bundle-2025.pem')
const signal = AbortSignal.timeout(60_000)

/** What the command prints, in the words of 80 columns, and its exit code; a failure as the program says it. */
async function run(names: readonly string[], flags: TrustStoresFlags) {
  const said: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  try {
    const code = await trustStores(names, { stateDir, ...flags }, signal)
    return { code, said: said.join('') }
  } catch (error) {
    const { sentence, code } = await failureSentence(error)
    return { code, said: sentence }
  } finally {
    write.mockRestore()
  }
}

const config = (name: string, applications: object, databases: object = {}): string => {
  const path = join(directory, name)
  writeFileSync(path, stringify({ formatVersion: 1, databases, applications }))
  return path
}
const pem = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text, { mode: 0o644 })
  return path
}
const both = pem('both.pem', EC + RSA)

/** Puts what 01 saw on record: a database that serves the EC root and goes to the RSA one. */
async function lookedAt(): Promise<void> {
  const [ec, rsa] = readBundle(EC + RSA).certificates.map((one) => bundled(one).sha1)
  const facts = goodFacts(production).identify
  const candidates = [{ ca: 'rds-ca-rsa2048-g1', thumbprint: rsa! }]
  const basis = { ...facts.basis, ca: 'rds-ca-ecc384-g1', thumbprint: ec!, candidates }
  const journal = await savedProgress(stateDir).open(production.subject)
  const { id: step, version } = identify
  const rests = {}
  const saw = { ...facts, basis, detail: { ...facts.detail, proposed: 'rds-ca-rsa2048-g1' } }
  await journal.append({
    kind: 'evidence',
    step,
    version,
    subject: production.subject,
    facts: saw,
    digest: digestOf(basis),
    rests,
  })
}

describe('trust-stores', () => {
  it('judges a store that is given by itself by the Region’s roots in a bundle', async () => {
    const good = await run([], { store: [AWS], region: 'eu-west-1', bundle: AWS })
    expect(good).toMatchObject({ code: 0, said: expect.stringContaining('GOOD: every root that is wanted is in it.') })
    const lacks = await run([], {
      store: [`pem:${both}`, `jks:${data('keytool.jks')}`],
      region: 'eu-west-1',
      bundle: AWS,
    })
    expect(lacks.code).toBe(4)
    expect(lacks.said.match(/LACKS A ROOT/g)).toHaveLength(2)
    for (const { said } of [good, lacks])
      expect(said.split('\n').filter((line) => line.length > 80 && !line.includes('/'))).toEqual([])
  })

  it('judges declared ones by what is on record of their databases', async () => {
    const databases = { 'orders-production': { target: 'rds-ca-rsa2048-g1' } }
    const api = { databases: ['orders-production'], verification: 'verify-full', owner: 'Orders team' }
    const applications = {
      api: { ...api, trustStores: [{ kind: 'pem', path: both }] },
      stale: { ...api, trustStores: [{ kind: 'pem', path: pem('ec.pem', EC) }] },
      ledger: { ...api, trustStores: [{ kind: 'pem', path: join(directory, 'nowhere.pem') }] },
      forgotten: api,
      batch: { ...api, verification: 'plain' },
    }
    const file = config('declared.yaml', applications, databases)
    // Before anybody has looked there is nothing to judge by.
    expect((await run(['api'], { config: file })).said).toContain('NOT JUDGED')
    await lookedAt()
    const all = await run([], { config: file })
    expect(all.code).toBe(4)
    expect(all.said).toContain(
      'for        orders-production (ap-northeast-1): from rds-ca-ecc384-g1 to\n               rds-ca-rsa2048-g1',
    )
    expect(all.said).toMatch(
      /stale \(Orders team\): verify-full\n[\s\S]*LACKS A ROOT[\s\S]*MISSING {2}rds-ca-rsa2048-g1/,
    )
    expect(all.said).toMatch(/ledger[\s\S]*NOT READ: The trust store [\s\S]*ENOENT/)
    expect(all.said).toMatch(/forgotten[\s\S]*NOT READ: It verifies, and nobody has declared/)
    expect(all.said).toMatch(/batch.*plain\n {2}needs none/)
    expect(await run(['api', 'batch'], { config: file })).toMatchObject({ code: 0 })

    // Nobody has decided: a store that lacks what 01 proposes is not called good meanwhile.
    const undecided = await run(['stale'], { config: config('undecided.yaml', applications) })
    expect(undecided).toMatchObject({ code: 4, said: expect.stringContaining('LACKS A ROOT') })
    expect(undecided.said.replaceAll(/\s+/g, ' ')).toContain('to rds-ca-rsa2048-g1 (proposed: no target is decided)')
  })

  it('says the same to programs, one value a line', async () => {
    const { code, said } = await run([], { store: [AWS, `pem:${both}`], region: 'eu-west-1', bundle: AWS, json: true })
    const [good, lacks] = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(code).toBe(4)
    expect(good).toMatchObject({ store: AWS, kind: 'pem', verdict: 'good', certificates: 102, notRoots: [] })
    expect(lacks).toMatchObject({ verdict: 'lacks', judged: [{ region: 'eu-west-1', present: [] }] })
  })

  it.each<readonly [string, readonly string[], TrustStoresFlags, string]>([
    ['no application of that name', ['nobody'], {}, 'No application is declared under nobody'],
    ['nothing to look at', [], { config: config('nothing.yaml', {}) }, 'There is no trust store to look at'],
    ['no such kind', [], { store: ['pam:/x'] }, '"pam" is no kind of trust store'],
    ['a kind that is not read', [], { store: ['jceks:/x'] }, 'keytool -list -rfc'],
    ['no path', [], { store: ['pem:'] }, 'there is no path in it'],
    ['an image without a path inside', [], { store: ['image:x.tar'] }, 'image:orders.tar!/etc/ssl/rds.pem'],
    ['a store that is not there', [], { store: ['/nowhere'] }, 'there is nothing at that path'],
    ['one of another kind', [], { store: [`pem:${data('keytool.jks')}`] }, 'declare it with kind: jks'],
    ['a bundle that is none', [], { store: [AWS], bundle: '/etc/passwd' }, 'is no trust bundle'],
  ])('%s is usage: exit code 2, and what to do', async (_, names, flags, says) => {
    const { code, said } = await run(names, flags)
    expect(code).toBe(2)
    expect(said.replaceAll(/\s+/g, ' ')).toContain(says)
  })

  it('asks for a password on the terminal, shows nothing of it and saves nothing', async () => {
    const folder = join(directory, 'asked')
    const args = ['trust-stores', '--store', `pkcs12:${data('keytool.p12')}`, '--state-dir', folder]
    const { code, screen } = await onTerminal(args, [100, 30], 'Enter: none): ', 'secret1\r')
    expect(screen).toContain('2 roots of RDS')
    expect(screen).not.toContain('secret1')
    expect(code).toBe(4)
    expect(readdirSync(directory)).not.toContain('asked')
  })
})
