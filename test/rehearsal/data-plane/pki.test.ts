import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { get } from 'node:https'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { CA_IDS, type CaId, type Pki, type ServerCertificate } from '../../../src/rehearsal/data-plane.ts'
import { openPki } from '../../../src/rehearsal/pki/database-pki.ts'
import { newFolder, removeFolder } from './support/folder.ts'
import { openssl, titled } from './support/stock-clients.ts'

const run = promisify(execFile)
const HOST = 'orders-staging.c9akciq32rhs.ap-northeast-1.rds.example'
const DAY = 86_400_000

let folder: string
let pki: Pki
beforeAll(async () => {
  folder = await newFolder()
  pki = await openPki(join(folder, 'pki'), 'ap-northeast-1')
})
afterAll(() => removeFolder(folder))

const rootOf = (id: CaId): string => pki.cas.find((ca) => ca.id === id)!.rootPem

/** What the stock OpenSSL says of this chain, at the security level of Debian's clients. */
async function opensslVerify(certificate: ServerCertificate, roots: string, host = HOST): Promise<string> {
  const chainFile = join(folder, 'chain.pem')
  const rootsFile = join(folder, 'roots.pem')
  await Promise.all([writeFile(chainFile, certificate.chainPem), writeFile(rootsFile, roots)])
  const strict = ['-auth_level', '2', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', host]
  const only = ['-no-CApath', '-no-CAstore', '-CAfile', rootsFile, '-untrusted', chainFile, chainFile]
  return run('openssl', ['verify', ...strict, ...only]).then(
    ({ stdout }) => stdout,
    (error: { stderr: string }) => error.stderr,
  )
}

describe.each(CA_IDS)('%s', (id) => {
  test.skipIf(!openssl)(
    titled(
      'issues a chain that OpenSSL verifies against its root, in the bundle too, and against no other root',
      'openssl',
      openssl,
    ),
    async () => {
      const certificate = await pki.issue(id, HOST)
      expect(await opensslVerify(certificate, rootOf(id))).toContain(': OK')
      expect(await opensslVerify(certificate, pki.bundle())).toContain(': OK')
      const others = CA_IDS.filter((other) => other !== id)
      expect(await opensslVerify(certificate, pki.bundle(others))).toContain('unable to get local issuer certificate')
      expect(await opensslVerify(certificate, rootOf(id), 'other.rds.example')).toContain('hostname mismatch')
    },
  )

  test.skipIf(!openssl)(
    titled("the wrong root's chain looks alike and verifies against nothing in the bundle", 'openssl', openssl),
    async () => {
      const wrong = await pki.issueUnderWrongRoot(id, HOST)
      expect(await opensslVerify(wrong, pki.bundle())).toMatch(/unable to get local issuer|signature failure/)
      expect(wrong.chainPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    },
  )

  test('describes its root as DescribeCertificates would', async () => {
    const ca = pki.cas.find((one) => one.id === id)!
    const root = new X509Certificate(ca.rootPem)
    expect(ca.thumbprint).toBe(createHash('sha1').update(root.raw).digest('hex'))
    expect(ca.thumbprint).toBe(root.fingerprint.replaceAll(':', '').toLowerCase())
    expect(ca.validTill).toEqual(new Date(root.validTo))
    expect(ca.validFrom).toEqual(new Date(root.validFrom))
  })
})

test('names its certificates as Amazon does', async () => {
  const names = async (id: CaId) => {
    const { chainPem } = await pki.issue(id, HOST)
    const [leaf, subordinate] = chainPem
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem))
    return { leaf: leaf!, subordinate: subordinate!, root: new X509Certificate(rootOf(id)) }
  }
  const g1 = await names('rds-ca-rsa2048-g1')
  expect(g1.root.subject.split('\n')).toEqual([
    'C=US',
    String.raw`O=Amazon Web Services\, Inc.`,
    'OU=Amazon RDS',
    'ST=WA',
    'CN=Amazon RDS ap-northeast-1 Root CA RSA2048 G1',
    'L=Seattle',
  ])
  expect(g1.root.subject).toBe(g1.root.issuer)
  expect(g1.subordinate.subject).toContain('CN=Amazon RDS ap-northeast-1 Subordinate CA RSA2048 G1.A.1')
  expect(g1.leaf.subject.split('\n')).toEqual([
    `CN=${HOST}`,
    'OU=RDS',
    'O=Amazon.com',
    'L=Seattle',
    'ST=Washington',
    'C=US',
  ])
  expect(g1.leaf.subjectAltName).toBe(`DNS:${HOST}`)
  const old = await names('rds-ca-2019')
  expect(old.root.subject).toContain('CN=Amazon RDS Root 2019 CA')
  expect(old.subordinate.subject).toContain('CN=Amazon RDS ap-northeast-1 2019 CA')
})

test('keys are of the kinds that the names promise', () => {
  const key = (id: CaId) => {
    const { asymmetricKeyDetails, asymmetricKeyType } = new X509Certificate(rootOf(id)).publicKey
    return [asymmetricKeyType, asymmetricKeyDetails?.modulusLength ?? asymmetricKeyDetails?.namedCurve]
  }
  expect(key('rds-ca-2019')).toEqual(['rsa', 2048])
  expect(key('rds-ca-rsa2048-g1')).toEqual(['rsa', 2048])
  expect(key('rds-ca-rsa4096-g1')).toEqual(['rsa', 4096])
  expect(key('rds-ca-ecc384-g1')).toEqual(['ec', 'secp384r1'])
})

test('the old CA and all that it signs end about 90 days from now, the new ones decades later', async () => {
  const days = (until: Date) => (until.getTime() - Date.now()) / DAY
  const old = await pki.issue('rds-ca-2019', HOST)
  const oldRoot = pki.cas.find(({ id }) => id === 'rds-ca-2019')!
  expect(days(oldRoot.validTill)).toBeGreaterThan(89)
  expect(days(oldRoot.validTill)).toBeLessThan(91)
  expect(old.validTill).toEqual(oldRoot.validTill)
  const renewed = await pki.issue('rds-ca-rsa2048-g1', HOST)
  expect(days(renewed.validTill)).toBeGreaterThan(364)
  expect(renewed.validTill).toEqual(new Date(new X509Certificate(renewed.chainPem).validTo))
  expect(pki.cas.map(({ validTill }) => validTill.getUTCFullYear()).slice(1)).toEqual([2061, 2121, 2121])
})

test('each issue has a new serial number and a new key', async () => {
  const issued = await Promise.all(Array.from({ length: 5 }, () => pki.issue('rds-ca-ecc384-g1', HOST)))
  expect(new Set(issued.map(({ chainPem }) => new X509Certificate(chainPem).serialNumber)).size).toBe(5)
  expect(new Set(issued.map(({ keyPem }) => keyPem)).size).toBe(5)
})

test('the bundle holds the roots asked for and those of three other Regions, and no subordinate', () => {
  const subjects = (bundle: string) =>
    bundle.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)!.map((pem) => {
      const certificate = new X509Certificate(pem)
      expect(certificate.subject).toBe(certificate.issuer)
      return /CN=(.*)/.exec(certificate.subject)![1]
    })
  expect(subjects(pki.bundle(['rds-ca-2019']))).toEqual([
    'Amazon RDS Root 2019 CA',
    'Amazon RDS eu-central-1 Root CA ECC384 G1',
    'Amazon RDS ap-southeast-2 Root CA ECC384 G1',
    'Amazon RDS sa-east-1 Root CA ECC384 G1',
  ])
  expect(subjects(pki.bundle())).toHaveLength(7)
})

test('is the same PKI when it is opened again, and nobody else can read its keys', async () => {
  const again = await openPki(join(folder, 'pki'), 'ap-northeast-1')
  expect(again.cas).toEqual(pki.cas)
  expect(again.bundle()).toBe(pki.bundle())
  const files = (await readdir(join(folder, 'pki'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  expect(files.length).toBeGreaterThan(7)
  for (const { name, parentPath } of files) {
    expect((await stat(join(parentPath, name))).mode & 0o777).toBe(0o600)
  }
})

test('a kept authority that was spoilt is refused by name and left as it is', async () => {
  const other = await newFolder()
  await openPki(other, 'ap-northeast-1')
  const file = join(other, 'ap-northeast-1', 'rds-ca-ecc384-g1.root.pem')
  const foreign = await readFile(join(other, 'ap-northeast-1', 'rds-ca-2019.root.pem'), 'utf8')
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace(
      /-----BEGIN CERT[^]*?END CERTIFICATE-----\n/,
      foreign.slice(0, foreign.indexOf('-----BEGIN PRIVATE')),
    ),
  )
  const spoilt = await readFile(file, 'utf8')
  await expect(openPki(other, 'ap-northeast-1')).rejects.toMatchObject({
    code: 'PKI_UNUSABLE',
    message: expect.stringContaining(file),
  })
  expect(await readFile(file, 'utf8')).toBe(spoilt)
  await removeFolder(other)
})

test('the HTTPS certificate serves localhost to whoever trusts its own CA, and is kept', async () => {
  const https = await pki.https()
  const server = createServer({ key: https.keyPem, cert: https.certPem }, (_, response) => response.end('bundle'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const fetched = (host: string, ca: string) =>
    new Promise<string>((resolve) => {
      get({ host, port, ca, lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) }, (response) =>
        response.setEncoding('utf8').on('data', resolve),
      ).on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
    })
  expect(await fetched('127.0.0.1', https.caPem)).toBe('bundle')
  expect(await fetched('localhost', https.caPem)).toBe('bundle')
  expect(await fetched('127.0.0.1', pki.bundle())).toMatch(/UNABLE_TO|SELF_SIGNED/)
  expect(await fetched('elsewhere.example', https.caPem)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  expect(await pki.https()).toEqual(https)
  await new Promise((resolve) => server.close(resolve))
})
