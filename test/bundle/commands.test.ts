/** The commands as an operator types them: exit codes, sentences, and what is then on disk. */
import { readFile, readdir, stat } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { httpsServer } from '../support/https-server.ts'
import { cleanEnv } from '../support/program.ts'
import { AWS, AWS_FILE, Folder } from './bundles.ts'
import { HAS_KEYTOOL, say, type Said } from './programs.ts'

const MAIN = new URL('../../src/main.ts', import.meta.url).href
const PROGRAM = `import { main } from '${MAIN}'; await main(process.argv.slice(1))`

let folder: Folder
beforeEach(async () => {
  folder = await Folder.make()
})
afterEach(() => folder[Symbol.asyncDispose]())

const bundle = (...args: readonly string[]): Promise<Said> =>
  say(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, '--', 'bundle', ...args, '--state-dir', folder.at('state')],
    {
      ...cleanEnv({ HOME: folder.path }),
    },
  )
const json = async (...args: readonly string[]): Promise<Record<string, unknown>> =>
  JSON.parse((await bundle(...args, '--json')).said) as Record<string, unknown>

/** No line that a terminal of 80 columns would break, but for paths and code. */
const tooLong = ({ said }: Said): string[] => said.split('\n').filter((line) => line.length > 80 && !line.includes('/'))

describe('show', () => {
  test('tells all of a bundle, and each root of a Region by its thumbprint', async () => {
    const all = await bundle('show', AWS_FILE)
    expect(all.code).toBe(0)
    expect(all.said).toContain('96 roots of 32 Regions, 6 of Amazon')
    expect(all.said).toMatch(/^eu-west-1 +2121-05-20 +2061-05-20 +2121-05-20$/m)
    expect(tooLong(all)).toEqual([])
    const one = await bundle('show', AWS_FILE, '--region', 'ap-southeast-1')
    expect(one.said).toContain('    SHA-1    aa6b73726c21176cc714815278d6ebc932f293b3')
  })

  test('says the same to programs', async () => {
    expect(await json('show', AWS_FILE)).toMatchObject({
      certificates: 102,
      firstExpiry: expect.stringMatching(/^2061-05-18T/) as unknown,
      findings: [{ code: 'preview-roots', fatal: false }],
    })
  })

  test('ends with 4 for one that must not be used, with 2 for what is none', async () => {
    const cut = await folder.write('cut.pem', AWS.subarray(0, 20_000))
    const shown = await bundle('show', cut)
    expect(shown).toMatchObject({
      code: 4,
      said: expect.stringContaining('FATAL: a certificate begins and does not end'),
    })
    expect(await bundle('show', folder.at('none'))).toMatchObject({ code: 2 })
  })
})

describe('write', () => {
  test.skipIf(!HAS_KEYTOOL)('makes a store that keytool lists, by a password from a file', async () => {
    const password = await folder.write('password', 'correct horse\n')
    const out = folder.at('store.p12')
    const made = await bundle(
      'write',
      AWS_FILE,
      '--format',
      'p12',
      '--region',
      'eu-west-1',
      '--out',
      out,
      '--password-file',
      password,
    )
    expect(made).toMatchObject({ code: 0, said: expect.stringContaining('3 certificates of eu-west-1') })
    expect(made.said).not.toContain('correct horse')
    const { said } = await say('keytool', ['-list', '-keystore', out, '-storepass:file', password])
    expect(said).toContain('contains 3 entries')
  })

  test('replaces its own work and nobody else’s', async () => {
    const out = folder.at('roots')
    const write = (...more: readonly string[]) => bundle('write', AWS_FILE, '--format', 'hashed', '--out', out, ...more)
    expect((await write()).said).toContain('Wrote')
    expect(await readdir(out)).toHaveLength(102)
    expect((await write()).said).toContain('As it was')
    expect((await write('--region', 'eu-west-1')).said).toContain('Replaced')
    expect(await readdir(out)).toHaveLength(3)
    await folder.write('roots/mine.pem', 'mine')
    expect(await write()).toMatchObject({ code: 2, said: expect.stringContaining('--force') })
    expect(await readdir(out)).toHaveLength(4)
    expect((await write('--force')).code).toBe(0)
    expect(await readdir(out)).toHaveLength(102)
  })

  test.each([
    ['a password that Java refuses', ['--format', 'p12', '--password-file', 'umlaut'], /ASCII.*Nothing was written/],
    ['a password for what has none', ['--format', 'pem', '--password-file', 'umlaut'], /pem has no password/],
    ['a Region that is not in it', ['--format', 'pem', '--region', 'cn-north-1'], /no root of cn-north-1/],
    ['a format that there is none of', ['--format', 'jks'], /Allowed choices are pem, split, p12, hashed/],
  ])('%s is a sentence, and nothing is written', async (_, flags, sentence) => {
    const password = await folder.write('umlaut', 'pässword')
    const given = flags.map((flag) => (flag === 'umlaut' ? password : flag))
    const said = await bundle('write', AWS_FILE, '--out', folder.at('out'), ...given)
    expect(said).toMatchObject({ code: 2, said: expect.stringMatching(sentence) })
    await expect(stat(folder.at('out'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('hands no unsound bundle on', async () => {
    const cut = await folder.write('cut.pem', AWS.subarray(0, 20_000))
    const said = await bundle('write', cut, '--format', 'pem', '--out', folder.at('out'))
    expect(said).toMatchObject({ code: 4, said: expect.stringContaining('was cut off. Nothing was written') })
  })
})

describe('diff', () => {
  test('ends with 4 where clients would lose a root, and with 0 where not', async () => {
    const one = folder.at('one.pem')
    await bundle('write', AWS_FILE, '--format', 'pem', '--region', 'eu-west-1', '--out', one)
    const lost = await bundle('diff', AWS_FILE, one)
    expect(lost).toMatchObject({ code: 4, said: expect.stringContaining('B lacks 93 roots still valid') })
    expect(tooLong(lost)).toEqual([])
    const won = await bundle('diff', one, AWS_FILE)
    expect(won).toMatchObject({ code: 0, said: expect.stringContaining('B holds all of A') })
    expect(await json('diff', one, AWS_FILE)).toMatchObject({ kept: 3, removed: [], replaced: [] })
  })
})

describe('fetch', () => {
  test('saves and writes what came, byte by byte; without a network the saved one, with its age', async () => {
    const out = folder.at('global.pem')
    const flags: string[] = []
    {
      await using server = await httpsServer((_, response) => response.end(AWS))
      flags.push('--bundle-url', server.url, '--bundle-ca', await folder.write('ca.pem', server.ca))
      const fresh = await bundle('fetch', ...flags, '--out', out)
      expect(fresh).toMatchObject({ code: 0, said: expect.stringContaining('102 certificates of 32 Regions') })
      expect(await readFile(out)).toEqual(AWS)
      await bundle('fetch', ...flags, '--region', 'eu-west-1')
      await bundle('fetch', ...flags, '--region', 'cn-north-1', '--global')
      expect(server.requests).toEqual([
        '/global/global-bundle.pem',
        '/eu-west-1/eu-west-1-bundle.pem',
        '/global/global-bundle.pem',
      ])
    }
    const stale = await bundle('fetch', ...flags, '--out', folder.at('again.pem'))
    expect(stale.code).toBe(5)
    expect(stale.said).toMatch(
      /could not be fetched:\s+ECONNREFUSED[^]*as\s+saved, fetched\s+(just now|\d+ (second|minute)s?\s+ago)/,
    )
    expect(await readFile(folder.at('again.pem'))).toEqual(AWS)
    const offline = await bundle('fetch', ...flags, '--offline')
    expect(offline).toMatchObject({ code: 0, said: expect.stringContaining('With --offline nothing is fetched.') })
    expect(tooLong(offline)).toEqual([])
  })

  test('writes no bundle that came broken, and keeps it to be looked at', async () => {
    await using server = await httpsServer((_, response) => response.end(AWS.subarray(0, 20_000)))
    const ca = await folder.write('ca.pem', server.ca)
    const said = await bundle('fetch', '--bundle-url', server.url, '--bundle-ca', ca, '--out', folder.at('out.pem'))
    expect(said).toMatchObject({ code: 4, said: expect.stringContaining('It must not be used') })
    await expect(stat(folder.at('out.pem'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('believes no server that it is not told to believe', async () => {
    await using server = await httpsServer((_, response) => response.end(AWS))
    const said = await bundle('fetch', '--bundle-url', server.url)
    expect(said).toMatchObject({ code: 5, said: expect.stringContaining('is not trusted') })
  })
})

describe('what cannot be meant', () => {
  test.each([
    [['show', AWS_FILE, '--region', 'mars'], 'mars is no Region'],
    [
      ['fetch', '--region', 'eusc-de-east-1', '--global'],
      'publishes no address for the trust bundle of eusc-de-east-1',
    ],
    [['fetch', '--bundle-url', 'http://127.0.0.1:1/bundle.pem'], 'is not an https URL'],
  ])('%j', async (args, says) =>
    expect(await bundle(...args)).toMatchObject({ code: 2, said: expect.stringContaining(says) }),
  )
})

describe('howto', () => {
  test('lists the clients, and prints a page with the reader’s own values', async () => {
    expect((await bundle('howto')).said).toMatch(/^psql +psql, pg_dump/m)
    const page = await bundle('howto', 'JDBC-MySQL', '--bundle-file', '/etc/rds/global.pem', '--host', 'db.example')
    expect(page.code).toBe(0)
    expect(page.said).toContain('trustCertificateKeyStoreUrl=file:/etc/rds/global.p12')
    expect(page.said).toContain('jdbc:mysql://db.example:3306/DATABASE')
    expect(await bundle('howto', 'oracle')).toMatchObject({
      code: 2,
      said: expect.stringContaining('There are: psql,'),
    })
    expect(await bundle('howto', 'psql', '--bundle-file', "/tmp/it's mine.pem")).toMatchObject({ code: 2 })
    expect(await bundle('howto', 'psql', '--host', 'x; rm -rf /')).toMatchObject({ code: 2 })
  })
})
