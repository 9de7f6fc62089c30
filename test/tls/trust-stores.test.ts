import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CannotReadStore, type TrustStoreSeen } from '../../src/ports/trust-stores.ts'
import { openTrustStores } from '../../src/tls/stores/open-trust-stores.ts'
import { storeAt } from '../../src/tls/stores/store-at.ts'
import { amazonLike, days, issue } from '../support/certificates.ts'
import { OPENSSL } from '../support/openssl.ts'

const { root, inter, leaf } = await amazonLike('db.example.test')
const other = await issue({ subject: 'CN=Amazon RDS us-east-1 Root CA ECC384 G1', ca: true })
const rootOf2019 = await issue({ subject: 'CN=Amazon RDS Root 2019 CA', ca: true })
const stores = openTrustStores({ now: Date.now })

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stores-'))
  await chmod(directory, 0o755)
})
afterEach(() => rm(directory, { recursive: true }))

async function file(text: string | Buffer, mode = 0o644, name = 'store.pem'): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

const read = async (text: string | Buffer, mode?: number): Promise<TrustStoreSeen> =>
  stores.read({ kind: 'pem', path: await file(text, mode) })
const codes = ({ findings }: TrustStoreSeen): string[] => findings.map(({ code }) => code)

describe('a PEM file', () => {
  test('of roots is fine', async () => {
    const seen = await read(root.pem + other.pem)
    expect(seen).toMatchObject({ location: join(directory, 'store.pem'), findings: [] })
    expect(seen.certificates.map(({ region, selfSigned, isCa }) => ({ region, selfSigned, isCa }))).toEqual([
      { region: 'eu-test-1', selfSigned: true, isCa: true },
      { region: 'us-east-1', selfSigned: true, isCa: true },
    ])
  })

  test('has the same digest in any order, with comments, twice, and another one with others in it', async () => {
    const digests = [root.pem + other.pem, `# comment\r\n${other.pem}\n\n${root.pem}`, root.pem + other.pem + root.pem]
    const [first, ...rest] = await Promise.all(
      digests.map(
        async (text, i) => (await stores.read({ kind: 'pem', path: await file(text, 0o644, `${i}.pem`) })).sha256,
      ),
    )
    expect(rest).toEqual([first, first])
    expect((await read(root.pem)).sha256).not.toBe(first)
    expect((await read('')).sha256).not.toBe(first)
  })

  test.each([
    ['empty', ''],
    ['empty', 'no certificate at all'],
    ['duplicates', root.pem + other.pem + root.pem],
    ['intermediates', root.pem + other.pem + inter.pem],
    ['leaves', root.pem + other.pem + leaf.pem],
    ['only-first', root.pem],
    ['only-first', rootOf2019.pem],
    ['private-key', root.pem + other.pem + root.keyPem],
  ])('%s', async (code, text) => expect(codes(await read(text))).toEqual([code]))

  const damaged = '-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n'
  test.each([
    ['truncated', root.pem + other.pem + inter.pem.slice(0, 100), 2],
    ['unparseable', root.pem + damaged + other.pem, 1],
  ])('%s: no client loads what stands behind', async (code, text, count) => {
    const seen = await read(text)
    expect(codes(seen).filter((one) => one !== 'only-first')).toEqual(['stops-at-damage', code])
    expect(seen.certificates).toHaveLength(count)
  })

  test.skipIf(OPENSSL === '')('an empty line within a certificate, at which OpenSSL gives up', async () => {
    const [begin = '', first = '', ...lines] = root.pem.split('\n')
    const within = [begin, first, '', ...lines].join('\n')
    const before = [begin, '', first, ...lines].join('\n')
    for (const [text, count] of [
      [within, 0],
      [root.pem.replace('\n-----END', '\n\n-----END'), 0],
      [before, 1],
    ] as const) {
      const path = await file(text, 0o644, 'empty-line.pem')
      const theirs = spawnSync(OPENSSL, ['x509', '-noout', '-in', path]).status === 0 ? 1 : 0
      const { certificates, findings } = await stores.read({ kind: 'pem', path })
      expect([certificates.length, theirs]).toEqual([count, count])
      expect(findings.some(({ code }) => code === 'unparseable')).toBe(count === 0)
    }
  })

  test.skipIf(OPENSSL === '')('with carriage returns alone between its lines holds nothing to OpenSSL', async () => {
    for (const [end, count] of [
      ['\n', 1],
      ['\r\n', 1],
      ['\r', 0],
    ] as const) {
      const path = await file(root.pem.replaceAll('\n', end), 0o644, 'ends.pem')
      const theirs = spawnSync(OPENSSL, ['x509', '-noout', '-in', path]).status === 0 ? 1 : 0
      expect([(await stores.read({ kind: 'pem', path })).certificates.length, theirs]).toEqual([count, count])
    }
  })

  test('that is a pipe, a device or a circle of links is refused at once', async () => {
    const pipe = join(directory, 'pipe.pem')
    execFileSync('mkfifo', [pipe])
    const circle = join(directory, 'circle.pem')
    await symlink(circle, circle)
    for (const kind of ['pem', 'jks'] as const)
      for (const path of [pipe, '/dev/zero'])
        await expect(stores.read({ kind, path })).rejects.toMatchObject({ code: 'NOT_A_FILE' })
    await expect(stores.read({ kind: 'image', path: pipe, inside: '/ca.pem' })).rejects.toThrow('is no file but a pipe')
    await expect(storeAt(pipe)).rejects.toThrow('is no file but a pipe')
    await expect(stores.read({ kind: 'pem', path: circle })).rejects.toThrow('its links lead in a circle')
  })

  test('expired, not yet valid and weak', async () => {
    const old = await issue({ subject: 'CN=Old', ca: true, notBefore: days(-9), notAfter: days(-1) })
    const next = await issue({ subject: 'CN=Next', ca: true, notBefore: days(1) })
    const weak = await issue({ subject: 'CN=Weak', ca: true, key: 'rsa1024' })
    expect(codes(await read(old.pem + next.pem + weak.pem))).toEqual(['expired', 'not-yet-valid', 'weak-key'])
  })

  test('that others may write', async () => {
    expect(codes(await read(root.pem + other.pem, 0o666))).toEqual(['writable-by-others'])
    expect(codes(await read(root.pem + other.pem, 0o664))).toEqual(['writable-by-group'])
  })

  test.skipIf(OPENSSL === '')('with OpenSSL’s trust settings', async () => {
    const plain = await file(root.pem, 0o644, 'plain.pem')
    const trusted = join(directory, 'trusted.pem')
    execFileSync(OPENSSL, [
      'x509',
      '-in',
      plain,
      '-addtrust',
      'serverAuth',
      '-setalias',
      'x',
      '-trustout',
      '-out',
      trusted,
    ])
    expect(await readFile(trusted, 'utf8')).toContain('TRUSTED CERTIFICATE')
    const [a, b] = await Promise.all([plain, trusted].map((path) => stores.read({ kind: 'pem', path })))
    expect(b?.sha256).toBe(a?.sha256)
  })
})

/** As `openssl ca -gencrl` begins its lists: algorithm, issuer, and a date where a certificate has two. */
const CRL_BODY =
  '300d06092a864886f70d01010b0500300c310a300806035504030c0178170d3236313132383230323231315a170d3236313232383230323231315a'

describe('what is no PEM file', () => {
  const refusal = async (
    path: string,
    kind: 'pem' | 'directory' | 'jks' | 'pkcs12' = 'pem',
  ): Promise<CannotReadStore> =>
    stores.read({ kind, path }).then(
      () => Promise.reject(new Error('it was read')),
      (error: unknown) => {
        expect(error).toBeInstanceOf(CannotReadStore)
        return error as CannotReadStore
      },
    )

  test.each([
    ['JCEKS', Buffer.from('cececece00000002', 'hex'), 'JCEKS'],
    ['BKS', Buffer.from('0000000200000014', 'hex'), 'BouncyCastleProvider'],
    ['zip', Buffer.from('504b0304140000000800', 'hex'), 'unzip -p'],
    ['gzip', Buffer.from('1f8b0800000000000003', 'hex'), 'gunzip -c'],
    ['CRL', Buffer.from(`30820151303b${CRL_BODY}`, 'hex'), 'no client trusts anybody by it'],
    ['CRL of version 2', Buffer.from(`30820164304e020101${CRL_BODY}`, 'hex'), 'no client trusts anybody by it'],
    ['BCFKS', Buffer.from('308204563082020030820100', 'hex'), 'BouncyCastleFipsProvider'],
    ['SST', Buffer.from('\0\0\0\0CERT'), 'certutil -split'],
    ['keychain', Buffer.from('kych'), 'security find-certificate'],
    ['DER', Buffer.from(root.certificate.rawData), 'openssl x509'],
    ['PKCS#7', Buffer.from('-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n'), 'openssl pkcs7'],
    ['NSS', Buffer.from('SQLite format 3\0'), 'certutil'],
    ['an Oracle wallet', Buffer.from('a1f84e3700000006', 'hex'), 'orapki wallet export'],
    ['UTF-16', Buffer.from(`\ufeff${root.pem}`, 'utf16le'), 'iconv -f UTF-16'],
    ['anything else', Buffer.from('7f454c4602010100', 'hex'), 'of no format that is known here'],
  ])('%s is known, with the command that makes one of it', async (_, bytes, command) => {
    const problem = await refusal(await file(bytes, 0o644, "it's a store"))
    expect(problem.code).toBe('UNSUPPORTED')
    expect(problem.message).toContain(command)
    if (!/^(?:certutil$|orapki|of no|no client)/.test(command)) expect(problem.message).toContain(`it'\\''s a store`)
  })

  test('a Java key store is no PEM, and the other way round: the client could not load it', async () => {
    const jks = await file(Buffer.from('feedfeed00000002', 'hex'))
    expect((await refusal(jks)).message).toContain('declare it with kind: jks')
    expect((await refusal(await file(root.pem), 'jks')).message).toContain('declare it with kind: pem')
    expect((await refusal(await file('nothing'), 'pkcs12')).message).toContain('is no Java key store')
  })

  test('a real PKCS#12 is known', async () => {
    const [pem, key] = [await file(leaf.pem, 0o644, 'l.pem'), await file(leaf.keyPem, 0o600, 'l.key')]
    const store = join(directory, 'store.p12')
    execFileSync(OPENSSL, ['pkcs12', '-export', '-in', pem, '-inkey', key, '-passout', 'pass:changeit', '-out', store])
    expect(await refusal(store)).toMatchObject({ code: 'UNSUPPORTED' })
  })

  test('nothing, a directory, a file in place of a directory', async () => {
    expect(await refusal(join(directory, 'nothing'))).toMatchObject({ code: 'ENOENT' })
    expect(await refusal(directory)).toMatchObject({ code: 'EISDIR' })
    expect(await refusal(await file(root.pem), 'directory')).toMatchObject({ code: 'ENOTDIR' })
    expect(await refusal(join(directory, 'nothing'), 'directory')).toMatchObject({ code: 'ENOENT' })
  })
})

describe('a directory', () => {
  const inDirectory = (): Promise<TrustStoreSeen> => stores.read({ kind: 'directory', path: directory })

  test('without hashed names is one that OpenSSL finds nothing in', async () => {
    await file(root.pem, 0o644, 'a.pem')
    await file(other.pem, 0o644, 'b.crt')
    await file('not read', 0o644, 'README')
    await mkdir(join(directory, 'sub.pem.d'))
    const seen = await inDirectory()
    expect(seen.certificates).toEqual([])
    expect(codes(seen)).toEqual(['not-hashed', 'empty'])
  })

  test.skipIf(OPENSSL === '')('that openssl rehash made is fine', async () => {
    await file(root.pem, 0o644, 'a.pem')
    await file(other.pem, 0o644, 'b.pem')
    execFileSync(OPENSSL, ['rehash', directory])
    const seen = await inDirectory()
    expect(seen.certificates).toHaveLength(2)
    expect(seen.findings).toEqual([])
    expect(seen.sha256).toBe(
      (await stores.read({ kind: 'pem', path: await file(other.pem + root.pem, 0o644, 'both.txt') })).sha256,
    )
  })

  test('with a wrong hash, and with one certificate that has none', async () => {
    await file(root.pem, 0o644, '00000000.0')
    expect(codes(await inDirectory())).toEqual(['wrong-hash', 'not-hashed', 'empty'])
    await file(other.pem, 0o644, 'b.pem')
    expect(codes(await inDirectory())).toEqual(['wrong-hash', 'not-hashed', 'empty'])
  })

  test('that is empty, or that others may write', async () => {
    expect(codes(await inDirectory())).toEqual(['empty'])
    await chmod(directory, 0o777)
    expect(codes(await inDirectory())).toEqual(['writable-by-others', 'empty'])
  })

  test('that is NSS’s is known', async () => {
    await file('SQLite format 3\0', 0o644, 'cert9.db')
    await expect(inDirectory()).rejects.toThrow('certutil -L -d sql:')
  })

  test('with links to nowhere or in a circle, a folder and a pipe among its files: they are passed over, and said', async () => {
    await symlink('/nowhere', join(directory, 'gone.pem'))
    await symlink('round.pem', join(directory, 'round.pem'))
    await mkdir(join(directory, 'folder.pem'))
    execFileSync('mkfifo', [join(directory, 'pipe.pem')])
    expect(codes(await inDirectory())).toEqual(['no-file', 'dangling-link', 'no-file', 'dangling-link', 'empty'])
  })

  test.skipIf(!existsSync('/etc/ssl/certs/ca-certificates.crt'))(
    'of Debian’s certificates has the names that we compute, all of them',
    async () => {
      const seen = await stores.read({ kind: 'directory', path: '/etc/ssl/certs' })
      expect(seen.certificates.length).toBeGreaterThan(100)
      expect(codes(seen).filter((code) => code.includes('hash'))).toEqual([])
    },
  )
})
