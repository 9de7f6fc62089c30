import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { X509Certificate } from 'node:crypto'
import { trustStore } from '../../../src/bundle/pkcs12.ts'
import { readCertificate } from '../../../src/tls/certificate.ts'
import { typedFor } from '../../../src/commands/ask-passwords.ts'
import { canonical } from '../../../src/rules/words.ts'
import { HAS_KEYTOOL } from '../../bundle/programs.ts'
import { OPENSSL } from '../../support/openssl.ts'
import { codes, data, EC, keys, RSA, storeLab } from './store-lab.ts'

const environment = { GOOD: 'secret1', BAD: 'hunter2' }
const lab = storeLab({ environment })
const password = { env: 'GOOD' }
const CACERTS = '/etc/ssl/certs/java/cacerts'
const sha1 = (pem: string) => new X509Certificate(pem).fingerprint.replaceAll(':', '').toLowerCase()

describe('a key store that keytool made', () => {
  it.each([
    ['jks', 'keytool.jks'],
    ['pkcs12', 'keytool.p12'],
    // Java reads either format under either name.
    ['pkcs12', 'keytool.jks'],
    ['jks', 'keytool.p12'],
  ] as const)('%s: %s holds its RSA and its EC root, byte by byte', async (kind, name) => {
    const seen = await lab.read({ kind, path: data(name), password })
    expect(keys(seen)).toEqual(['ec-secp384r1', 'rsa2048'])
    expect(seen.certificates.map((one) => one.sha1).sort()).toEqual([sha1(EC), sha1(RSA)].sort())
    expect(codes(seen)).toEqual([])
  })

  it.each([
    ['with the ciphers of Java 8', 'keytool-legacy.p12'],
    ['with none at all', 'keytool-none.p12'],
  ])('PKCS#12 %s', async (_, name) => {
    expect(keys(await lab.read({ kind: 'pkcs12', path: data(name), password }))).toEqual(['ec-secp384r1'])
  })

  it.skipIf(!HAS_KEYTOOL)('here and now is read too, of both kinds', async () => {
    const both = [EC, RSA].map((pem) => readCertificate(pem))
    const source = lab.file('ours.p12', trustStore(both, 'changeit'))
    for (const kind of ['jks', 'pkcs12'] as const) {
      const made = `${lab.directory}/here.${kind}`
      const to = ['-destkeystore', made, '-deststoretype', kind, '-deststorepass:env', 'STORE']
      const from = ['-srckeystore', source, '-srcstoretype', 'PKCS12', '-srcstorepass:env', 'SOURCE']
      const env = { ...process.env, STORE: 'secret1', SOURCE: 'changeit' }
      execFileSync('keytool', ['-importkeystore', '-noprompt', ...from, ...to], { stdio: 'ignore', env })
      expect(keys(await lab.read({ kind, path: made, password }))).toEqual(['ec-secp384r1', 'rsa2048'])
    }
  })

  it.skipIf(!existsSync(CACERTS))('as Debian’s cacerts is read; at length, it holds what keytool counts', async () => {
    const { certificates } = await lab.read({ kind: 'jks', path: CACERTS })
    expect(certificates.length).toBeGreaterThan(100)
    if (!process.env['SOAK'] || !HAS_KEYTOOL) return
    const listed = execFileSync('keytool', ['-list', '-keystore', CACERTS, '-storepass', 'changeit'], {
      encoding: 'utf8',
    })
    expect(certificates).toHaveLength(Number(/contains (\d+) entries/.exec(listed)?.[1]))
  })
})

describe('what Java does not trust does not count', () => {
  it('a PKCS#12 of openssl holds nothing for Java, and that is said', async () => {
    const seen = await lab.read({ kind: 'pkcs12', path: data('openssl-nokeys.p12'), password })
    expect(seen.certificates).toEqual([])
    expect(codes(seen)).toEqual(['java-ignores', 'empty'])
  })

  it('a private key with its certificate is no trust store', async () => {
    expect(codes(await lab.read({ kind: 'pkcs12', path: data('openssl-key.p12'), password }))).toContain('private-key')
  })
})

describe('a password', () => {
  it('is not needed for a JKS, whose certificates stand in it in clear; a declared one has to fit', async () => {
    expect(keys(await lab.read({ kind: 'jks', path: data('keytool.jks') }))).toHaveLength(2)
    const refused = await lab.refusal({ kind: 'jks', path: data('keytool.jks'), password: { env: 'BAD' } })
    expect(refused).toMatchObject({ code: 'PASSWORD' })
  })

  it('is Java’s own where nobody says otherwise', async () => {
    const path = lab.file('default.p12', trustStore([readCertificate(EC), readCertificate(RSA)], 'changeit'))
    expect(keys(await lab.read({ kind: 'pkcs12', path }))).toHaveLength(2)
  })

  it('that is missing, wrong, not set or not there is said, and never shown', async () => {
    const path = data('keytool.p12')
    for (const [declared, says] of [
      [undefined, 'has a password that nobody has given'],
      [{ env: 'BAD' }, 'The password from the variable BAD does not open'],
      [{ env: 'NOT_SET' }, 'the variable NOT_SET, which is not set'],
      [{ file: '/nowhere' }, 'the file /nowhere, which cannot be read (ENOENT)'],
    ] as const) {
      const { code, message } = await lab.refusal({ kind: 'pkcs12', path, password: declared })
      expect(code).toBe('PASSWORD')
      expect(message).toContain(says)
      expect(message).not.toContain(environment.BAD)
    }
  })

  it('comes from a file’s first line, or from somebody who is asked three times at most', async () => {
    const path = data('keytool.p12')
    const file = lab.file('password', 'secret1\nmore\n')
    expect(keys(await lab.read({ kind: 'pkcs12', path, password: { file } }))).toHaveLength(2)
    const asked: boolean[] = []
    const answers = ['no', 'secret1']
    const asking = storeLab({ ask: async (_, again) => (asked.push(again), answers[asked.length - 1] ?? 'never') })
    expect(keys(await asking.read({ kind: 'pkcs12', path }))).toHaveLength(2)
    expect(asked).toEqual([false, true])
    answers.length = 0
    expect(await asking.refusal({ kind: 'pkcs12', path })).toMatchObject({ code: 'PASSWORD' })
    expect(asked).toHaveLength(5)
  })

  it('that is declared as typed is asked for at once, and where nobody types it, that is said', async () => {
    const location = { kind: 'pkcs12', path: data('keytool.p12'), password: 'prompt' } as const
    const typed = typedFor({ logIns: new Map(), stores: new Map([[canonical(location), 'secret1']]) })
    const asked: boolean[] = []
    const asking = storeLab({ ask: (...question) => (asked.push(question[1]), typed(...question)) })
    expect(keys(await asking.read(location))).toHaveLength(2)
    expect(asked).toEqual([false])
    expect(await asking.refusal({ ...location, path: data('openssl-key.p12') })).toMatchObject({ code: 'PASSWORD' })
    expect((await lab.refusal(location)).message).toContain('password: prompt')
  })

  it.skipIf(OPENSSL === '')('whose derivation would take hours is refused instead', async () => {
    const path = `${lab.directory}/slow.p12`
    const pem = lab.file('slow.pem', EC)
    const args = [
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      pem,
      '-iter',
      '700000',
      '-passout',
      'pass:secret1',
      '-out',
      path,
    ]
    execFileSync(OPENSSL, args, { stdio: 'ignore' })
    expect((await lab.refusal({ kind: 'pkcs12', path, password })).message).toContain('more than 600000 rounds')
  })
})
