import { amazonLike, days, issue, x509, type Issued } from '../support/certificates.ts'
import { chainCase, HOST, type CertificateCase } from './certificate-case.ts'

const { keyCertSign, nonRepudiation, digitalSignature } = x509.KeyUsageFlags

const der = (...bytes: number[]): ArrayBuffer => new Uint8Array(bytes).buffer

/** NameConstraints with one subtree: `[0]` permitted or `[1]` excluded, one general name. */
function nameConstraints(which: 'permitted' | 'excluded', tag: number, value: Buffer): x509.Extension {
  const name = [tag, value.length, ...value]
  const subtree = [0x30, name.length, ...name]
  const list = [which === 'permitted' ? 0xa0 : 0xa1, subtree.length, ...subtree]
  return new x509.Extension('2.5.29.30', true, der(0x30, list.length, ...list))
}
const DNS = 0x82
const IP = 0x87

function tampered(issued: Issued): string {
  const raw = Buffer.from(issued.certificate.rawData)
  const last = raw.length - 3
  raw[last] = (raw[last] ?? 0) ^ 0x55
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}

const chain = (code: string, says?: string): NonNullable<CertificateCase['fails']> => ({
  check: 'chain',
  code,
  ...(says !== undefined && { says }),
})
const dates = (code: string, says: string): NonNullable<CertificateCase['fails']> => ({ check: 'dates', code, says })
/** What a chain can have wrong with it, or right. */
export async function chainCases(): Promise<CertificateCase[]> {
  const good = await amazonLike(HOST)
  const { root, inter, leaf } = good
  const stranger = await issue({ subject: 'CN=Stranger', ca: true })
  const selfSigned = await issue({ subject: HOST, dns: [HOST], purposes: [] })
  const impostor = await issue({ subject: root.subject, keyName: 'impostor', ca: true })
  const renewed = await issue({ subject: root.subject, ca: true, notAfter: days(300) })
  const other = await issue({ subject: 'CN=Other Root', ca: true })
  const cross = await issue({ subject: root.subject, issuer: other, ca: true })
  const base = { host: HOST, served: [leaf, inter], roots: [root.pem] }
  return [
    { name: 'good', ...base },
    {
      name: 'good, the bundle has text, CRLF and other roots',
      ...base,
      roots: [stranger.pem, `# Amazon\r\n${root.pem.replaceAll('\n', '\r\n')}`],
    },
    { name: 'good, the root is sent too', ...base, served: [leaf, inter, root] },
    { name: 'good, sent in no order, twice, with a stranger', ...base, served: [leaf, stranger, root, inter, inter] },
    {
      name: 'good, the intermediate is trusted beside the root',
      ...base,
      served: [leaf],
      roots: [root.pem, inter.pem],
    },
    { name: 'good, a renewed root with the same key is trusted', ...base, roots: [renewed.pem] },
    { name: 'good, old and renewed root are trusted', ...base, roots: [root.pem, renewed.pem] },
    { name: 'good, cross-signed by a trusted root', ...base, served: [leaf, inter, cross], roots: [other.pem] },
    { name: 'no roots at all', ...base, roots: [], fails: chain('unknown-root'), psql: false },
    { name: 'unknown root', ...base, roots: [stranger.pem], fails: chain('unknown-root', 'Subordinate CA') },
    {
      name: 'unknown root, sent',
      ...base,
      served: [leaf, inter, root],
      roots: [stranger.pem],
      fails: chain('unknown-root', 'Root CA'),
    },
    { name: 'a root of the same name with another key', ...base, roots: [impostor.pem], fails: chain('unknown-root') },
    { name: 'missing intermediate', ...base, served: [leaf], fails: chain('missing-intermediate', 'Subordinate CA') },
    {
      name: 'only the intermediate is trusted',
      ...base,
      roots: [inter.pem],
      fails: chain('intermediate-only', 'is no root'),
    },
    { name: 'only the leaf is trusted', ...base, roots: [leaf.pem], fails: chain('unknown-root') },
    { name: 'self-signed', ...base, served: [selfSigned], fails: chain('self-signed') },
    { name: 'self-signed and trusted', ...base, served: [selfSigned], roots: [selfSigned.pem] },
    {
      name: 'a signature that was changed',
      ...base,
      servedPem: tampered(leaf) + inter.pem,
      fails: chain('bad-signature'),
    },
    await chainCase(
      'expired leaf',
      { leaf: { notBefore: days(-9), notAfter: days(-2) } },
      dates('expired', 'the leaf'),
    ),
    await chainCase(
      'expired intermediate',
      { inter: { notBefore: days(-9), notAfter: days(-2) } },
      dates('expired', 'the intermediate'),
    ),
    await chainCase(
      'expired root',
      { root: { notBefore: days(-9), notAfter: days(-2) } },
      dates('expired', 'the root'),
    ),
    await chainCase('not yet valid', { leaf: { notBefore: days(2) } }, dates('not-yet-valid', 'the leaf')),
    await chainCase(
      'a leaf for clients',
      { leaf: { purposes: [x509.ExtendedKeyUsage.clientAuth] } },
      chain('wrong-purpose', 'TLS servers'),
    ),
    await chainCase(
      'a leaf for any purpose by name only',
      { leaf: { purposes: ['2.5.29.37.0'] } },
      chain('wrong-purpose'),
    ),
    await chainCase('a leaf without purposes', { leaf: { purposes: [] } }),
    await chainCase(
      'a CA for clients alone',
      { inter: { purposes: [x509.ExtendedKeyUsage.clientAuth] } },
      chain('wrong-purpose'),
    ),
    await chainCase('a leaf that may sign', { leaf: { usage: digitalSignature | keyCertSign } }),
    await chainCase(
      'a leaf whose key may not be used in TLS',
      { leaf: { usage: nonRepudiation } },
      chain('wrong-purpose', 'keyUsage'),
    ),
    await chainCase('an issuer that is no CA', { inter: { ca: false, purposes: [] } }, chain('not-a-ca')),
    await chainCase(
      'an issuer that does not say that it is a CA',
      { inter: { ca: 'absent', usage: 'absent', purposes: [] } },
      chain('not-a-ca'),
    ),
    await chainCase(
      'an issuer that may not sign',
      { inter: { usage: digitalSignature } },
      chain('wrong-purpose', 'keyCertSign'),
    ),
    await chainCase(
      'a path that is too long for its root',
      { root: { ca: { pathLength: 0 } }, inter: { ca: true } },
      chain('path-length'),
    ),
    await chainCase(
      'an unknown critical extension',
      { leaf: { extensions: [new x509.Extension('1.2.3.4.5', true, der(5, 0))] } },
      chain('unknown-extension'),
    ),
    await chainCase('an unknown extension that is not critical', {
      leaf: { extensions: [new x509.Extension('1.2.3.4.5', false, der(5, 0))] },
    }),
    await chainCase('names that a CA may issue for', {
      inter: { extensions: [nameConstraints('permitted', DNS, Buffer.from('example.test'))] },
    }),
    await chainCase(
      'names that a CA may not issue for',
      { inter: { extensions: [nameConstraints('permitted', DNS, Buffer.from('example.com'))] } },
      chain('name-constraint'),
    ),
    await chainCase(
      'names that a CA must not issue for',
      { root: { extensions: [nameConstraints('excluded', DNS, Buffer.from('.test'))] } },
      chain('name-constraint'),
    ),
    await chainCase(
      'addresses that a CA must not issue for',
      {
        inter: { extensions: [nameConstraints('excluded', IP, Buffer.from([10, 0, 0, 0, 255, 0, 0, 0]))] },
        leaf: { ip: ['10.1.2.3'] },
      },
      chain('name-constraint'),
    ),
    await chainCase('addresses that a CA may issue for', {
      inter: { extensions: [nameConstraints('permitted', IP, Buffer.from([10, 0, 0, 0, 255, 0, 0, 0]))] },
      leaf: { ip: ['10.1.2.3'] },
    }),
    await chainCase('a weak leaf', { leaf: { key: 'rsa1024' } }, chain('weak-key', 'the leaf')),
    await chainCase('a weak intermediate', { inter: { key: 'rsa1024' } }, chain('weak-key', 'the intermediate')),
    await chainCase('a weak root', { root: { key: 'rsa1024' } }, chain('weak-key', 'the root')),
    await chainCase(
      'a leaf signed with SHA-1',
      { inter: { key: 'rsa2048-sha1' } },
      chain('weak-signature', 'the leaf'),
    ),
    await chainCase(
      'an intermediate signed with SHA-1',
      { root: { key: 'rsa2048-sha1' } },
      chain('weak-signature', 'the intermediate'),
    ),
    await chainCase('RSA throughout', {
      root: { key: 'rsa2048' },
      inter: { key: 'rsa2048' },
      leaf: { key: 'rsa2048' },
    }),
    await chainCase('P-384 throughout', { root: { key: 'p384' }, inter: { key: 'p384' }, leaf: { key: 'p384' } }),
  ]
}
