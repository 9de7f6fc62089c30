/** A trust store's certificates are read without OpenSSL: what is read of them is what OpenSSL reads. */
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BrokenCertificate, readCertificate, readStoredCertificate } from '../../src/tls/certificate.ts'
import { describe as described } from '../../src/tls/describe.ts'
import { readPem } from '../../src/tls/pem.ts'
import { keyOf } from '../../src/tls/strength.ts'
import { DerError } from '../../src/tls/der.ts'
import { timeOf } from '../../src/tls/time.ts'
import { amazonLike, issue } from '../support/certificates.ts'
import { seeded, seeds } from '../support/seeded.ts'

const dersIn = (text: string): Buffer[] => readPem(text).blocks.flatMap(({ der }) => (der ? [der] : []))
const AWS = dersIn(readFileSync(new URL('data/rds-global-bundle-2025.pem', import.meta.url), 'latin1'))
const SYSTEM = '/etc/ssl/certs/ca-certificates.crt'
const system = existsSync(SYSTEM) ? dersIn(readFileSync(SYSTEM, 'latin1')) : []

const lines = (name: string): string => name.replaceAll('\n', ', ')
const escaped = (text: string): string =>
  text.replace(/[\p{Cc}"]|\\(?!,)/gu, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)

/** What OpenSSL reads, in the words of ports. */
function byOpenssl(der: Buffer) {
  const x509 = new X509Certificate(der)
  return {
    subject: escaped(lines(x509.subject ?? '')),
    issuer: escaped(lines(x509.issuer ?? '')),
    serial: x509.serialNumber.toLowerCase(),
    notBefore: x509.validFromDate.getTime(),
    notAfter: x509.validToDate.getTime(),
    sha1: x509.fingerprint.replaceAll(':', '').toLowerCase(),
    key: keyOf(x509).name,
  }
}

it('the name of Amazon’s CAs is shown as OpenSSL shows it', () => {
  const { subject } = described(readCertificate(AWS[0]!))
  expect(subject).toContain('O=Amazon Web Services\\, Inc.')
  expect(subject).not.toContain('\\x')
})

describe('what is read of a certificate is what OpenSSL reads', () => {
  it.each([
    ['AWS’s bundle', AWS],
    ['this system’s store', system],
  ])('%s', (_, ders) => {
    for (const der of ders) expect(described(readStoredCertificate(der))).toMatchObject(byOpenssl(der))
  })

  it('certificates of every key, and names that are not usual', async () => {
    const { root, inter, leaf } = await amazonLike('db.example.test')
    const odd = ['CN=a\\, b+c', 'CN=Größe, O=日本', 'O=x, O=y', 'CN=\\#hash', 'E=a@example.com', 'CN= , O=blank']
    const made = [
      ...odd.map((subject) => issue({ subject, ca: true })),
      ...(['p256', 'p384', 'rsa1024', 'rsa2048', 'ed25519'] as const).map((key) => issue({ subject: 'CN=k', key })),
      issue({ subject: 'CN=after 2050', notAfter: new Date(Date.UTC(2121, 4, 20)) }),
      issue({ subject: 'CN=serial', serial: '00ff' }),
    ]
    for (const { pem } of [root, inter, leaf, ...(await Promise.all(made))])
      for (const der of dersIn(pem)) expect(described(readStoredCertificate(der)), pem).toMatchObject(byOpenssl(der))
  })

  it('with bits turned over: where both read it, they read the same', () => {
    const { below, oneOf } = seeded(20_261_125)
    let same = 0
    for (let run = 0; run < seeds(400, 40_000); run += 1) {
      const der = Buffer.from(oneOf(AWS))
      // The signature, the last half of it, is of no matter here.
      const at = below(der.length >> 1)
      der.writeUInt8(der.readUInt8(at) ^ (1 << below(8)), at)
      let expected: ReturnType<typeof byOpenssl>
      let stored: ReturnType<typeof described>
      try {
        expected = byOpenssl(der)
        stored = described(readStoredCertificate(der))
      } catch {
        continue
      }
      // A key that OpenSSL cannot make an object of is told by its size all the same.
      const { key, ...rest } = expected
      expect(stored, `run ${run}`).toMatchObject(key === 'unknown' ? rest : expected)
      same += 1
    }
    expect(same).toBeGreaterThan(0)
  })

  it('read once so, it is held to OpenSSL when it is read for a handshake', () => {
    const [der] = AWS
    if (!der) throw new Error('no certificate')
    expect(readCertificate(der)).toBe(readStoredCertificate(der))
    expect(() => readStoredCertificate(der.subarray(0, -1))).toThrow(BrokenCertificate)
  })
})

it.each([
  [0x17, '491231235959Z', Date.UTC(2049, 11, 31, 23, 59, 59)],
  [0x17, '500101000000Z', Date.UTC(1950, 0)],
  [0x18, '21210520000000Z', Date.UTC(2121, 4, 20)],
  [0x18, '491231235959Z', undefined],
  [0x17, '490631000000Z', undefined],
  [0x17, '4901010000Z', undefined],
  [0x17, '490101000000+0100', undefined],
  [0x0c, '21210520000000Z', undefined],
])('time %i %s', (tag, text, at) => {
  const read = () => timeOf({ tag, body: Buffer.from(text), raw: Buffer.from(text) })
  if (at === undefined) expect(read).toThrow(DerError)
  else expect(read()).toBe(at)
})
