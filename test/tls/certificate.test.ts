import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bundled, readBundle } from '../../src/tls/bundled.ts'
import { BrokenCertificate, readCertificate } from '../../src/tls/certificate.ts'
import { subjectHash } from '../../src/tls/distinguished-name.ts'
import { issuance } from '../../src/tls/issuance.ts'
import { openssl, OPENSSL } from '../support/openssl.ts'
import { amazonLike, issue, x509 } from '../support/certificates.ts'
import { Random } from '../support/random.ts'

const data = (name: string): Promise<string> => readFile(new URL(`data/${name}`, import.meta.url), 'utf8')

/** What was read out of AWS's bundle by another program: name, dates, key, SHA-1, SHA-256. */
const listed = (await data('rds-global-bundle-2025.tsv'))
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => {
    const [name = '', from = '', until = '', key = '', , , sha1 = '', sha256 = ''] = line.split('\t')
    return { name, from: Date.parse(from), until: Date.parse(until), key, sha1, sha256 }
  })

describe('a bundle that AWS published in 2025', async () => {
  const read = readBundle(await data('rds-global-bundle-2025.pem'))
  const certificates = read.certificates.map((certificate) => bundled(certificate))

  test('is read to the last certificate', () => {
    expect(read).toMatchObject({ unreadable: 0, truncated: false, hasPrivateKey: false })
    expect(certificates).toHaveLength(102)
    expect(certificates.every(({ selfSigned, isCa }) => selfSigned && isCa)).toBe(true)
  })

  test('has the digests, dates and keys that another program read', () => {
    const bySha256 = new Map(certificates.map((each) => [each.sha256, each]))
    expect(listed).toHaveLength(102)
    for (const each of listed) {
      const found = bySha256.get(each.sha256)
      expect(found).toMatchObject({ sha1: each.sha1, notBefore: each.from, notAfter: each.until })
      expect(found?.subject).toContain(each.name)
      expect(found?.key).toBe(each.key.replace('RSA', 'rsa').replace('EC', 'ec-'))
    }
  })

  test('has the thumbprint that DescribeCertificates gives for a root', () => {
    // ap-southeast-1, rds-ca-rsa2048-g1, as the API reported it.
    const found = certificates.find(({ sha1 }) => sha1 === 'aa6b73726c21176cc714815278d6ebc932f293b3')
    expect(found).toMatchObject({ region: 'ap-southeast-1', key: 'rsa2048' })
  })

  test('names 32 Regions with three roots each, and Beta and Preview belong to none', () => {
    const regions = Map.groupBy(certificates, ({ region }) => region ?? '-')
    expect(regions.get('-')).toHaveLength(6)
    regions.delete('-')
    expect([...regions.values()].every((roots) => roots.length === 3)).toBe(true)
    expect(regions.size).toBe(32)
    expect([...regions.keys()]).toContain('us-east-1')
  })

  test('survives CRLF, text before and between, and a missing last newline', async () => {
    const text = await data('rds-global-bundle-2025.pem')
    const dressed = `Amazon's roots\r\n\r\n${text.replaceAll('\n', '\r\n').replaceAll('-----BEGIN', '# one more\r\n-----BEGIN').trimEnd()}`
    expect(readBundle(dressed).certificates.map(({ sha256 }) => sha256)).toEqual(
      certificates.map(({ sha256 }) => sha256),
    )
  })

  test('is known to be cut off wherever it is cut off inside a certificate', async () => {
    const text = await data('rds-global-bundle-2025.pem')
    const random = new Random(7)
    for (let i = 0; i < 200; i++) {
      const cut = text.slice(0, random.below(text.length))
      const begins = cut.split('-----BEGIN CERTIFICATE-----').length - 1
      const ends = cut.split('-----END CERTIFICATE-----').length - 1
      const read = readBundle(cut)
      expect(read.certificates).toHaveLength(ends)
      expect(read.truncated).toBe(begins > ends)
    }
  })
})

describe('a certificate', async () => {
  const { root, inter, leaf } = await amazonLike('db.example.test', { dns: ['db.example.test'], ip: ['10.1.2.3'] })
  const constrained = await issue({
    subject: 'CN=Constrained, O=  Two   Words  ',
    ca: { pathLength: 3 },
    extensions: [
      new x509.Extension('2.5.29.30', true, new Uint8Array([0x30, 8, 0xa0, 6, 0x30, 4, 0x82, 2, 0x61, 0x62]).buffer),
    ],
  })

  test('is read in every part that judging needs', () => {
    expect(readCertificate(leaf.pem).extensions).toMatchObject({
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
      alternativeNames: [
        { kind: 'dns', bytes: Buffer.from('db.example.test') },
        { kind: 'ip', bytes: Buffer.from([10, 1, 2, 3]) },
      ],
      unknownCritical: [],
    })
    expect(readCertificate(inter.pem).extensions).toMatchObject({
      basicConstraints: { ca: true, pathLength: 0 },
      keyUsage: 0b110_0000,
    })
    expect(readCertificate(constrained.pem).extensions).toMatchObject({
      basicConstraints: { ca: true, pathLength: 3 },
      nameConstraints: { permitted: [{ kind: 'dns', bytes: Buffer.from('ab') }], excluded: [] },
    })
  })

  test('is issued by its issuer and by nobody else', () => {
    const [r, i, l] = [root, inter, leaf].map(({ pem }) => readCertificate(pem))
    expect([issuance(l!, i!), issuance(i!, r!), issuance(r!, r!)]).toEqual(['issued', 'issued', 'issued'])
    expect([issuance(l!, r!), issuance(r!, i!), issuance(i!, l!)]).toEqual(['stranger', 'stranger', 'stranger'])
  })

  test.skipIf(OPENSSL === '')('has the subject hash that OpenSSL gives it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hash-'))
    try {
      for (const { pem } of [root, leaf, constrained]) {
        const file = join(directory, 'certificate.pem')
        await writeFile(file, pem)
        const { said } = await openssl('x509', '-noout', '-subject_hash', '-in', file)
        expect(subjectHash(readCertificate(pem).subject)).toBe(said.trim())
      }
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  test('that is damaged is refused, and crashes nothing', () => {
    const random = new Random(42)
    const sound = [leaf, inter, constrained].map(({ certificate }) => Buffer.from(certificate.rawData))
    let refused = 0
    for (let i = 0; i < 3_000; i++) {
      const der = Buffer.from(random.pick(sound))
      for (let change = random.below(3); change >= 0; change--) der[random.below(der.length)] = random.below(256)
      const cut = random.below(5) === 0 ? der.subarray(0, random.below(der.length)) : der
      try {
        readCertificate(cut)
      } catch (error) {
        expect(error).toBeInstanceOf(BrokenCertificate)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(500)
    expect(refused).toBeLessThan(3_000)
  })
})
