import { issue, x509, type Issued, type Wish } from '../support/certificates.ts'
import { chainCase, chainOf, HOST, type CertificateCase } from './certificate-case.ts'

const wrongName = { check: 'name', code: 'wrong-name' } as const
const rulesDiffer = { check: 'name', code: 'name-rules-differ' } as const

/** A leaf with other names under a good chain. */
async function nameCase(
  name: string,
  host: string,
  leaf: Partial<Wish>,
  rest: Pick<CertificateCase, 'fails' | 'psql' | 'openssl'> = {},
): Promise<CertificateCase> {
  return { ...(await chainCase(name, { leaf: { dns: [], ...leaf } }, rest.fails, host)), ...rest }
}

/** Puts a zero byte into a name of the certificate, in place of `_`. The signature is made over it by signing again. */
async function withZeroByte(wish: Wish, name: string): Promise<Issued> {
  const bytes = Buffer.from(name.replace('_', '\0'))
  const san = new x509.Extension(
    '2.5.29.17',
    false,
    new Uint8Array([0x30, bytes.length + 2, 0x82, bytes.length, ...bytes]).buffer,
  )
  return issue({ ...wish, extensions: [san] })
}

async function zeroByteCase(): Promise<CertificateCase> {
  const { root, inter } = await chainOf({})
  const leaf = await withZeroByte({ subject: 'x', issuer: inter }, `${HOST}_.evil.test`)
  return { name: 'a zero byte in a name', host: HOST, served: [leaf, inter], roots: [root.pem], fails: wrongName }
}

/** What a certificate can be named, and what it is then good for. */
export const nameCases = (): Promise<CertificateCase[]> =>
  Promise.all([
    zeroByteCase(),
    nameCase('upper case in the certificate', HOST, { dns: ['DB.Example.TEST'] }),
    nameCase('upper case in the host', 'DB.Example.TEST', { dns: [HOST] }),
    nameCase('another name', HOST, { dns: ['other.example.test'] }, { fails: wrongName }),
    nameCase(
      'a name that ends like it',
      HOST,
      { dns: ['xdb.example.test', 'b.example.test', 'example.test'] },
      { fails: wrongName },
    ),
    nameCase('one of several names', HOST, { dns: ['a.example.test', HOST, 'c.example.test'] }),
    nameCase('a wildcard', HOST, { dns: ['*.example.test'] }),
    nameCase('a wildcard for one label more', 'a.db.example.test', { dns: ['*.example.test'] }, { fails: wrongName }),
    nameCase(
      'a wildcard for part of a label',
      HOST,
      { dns: ['d*.example.test'] },
      { fails: rulesDiffer, psql: false, openssl: true },
    ),
    nameCase('a wildcard for a top-level domain', 'db.test', { dns: ['*.test'] }, { fails: rulesDiffer, psql: true }),
    nameCase('a bare wildcard', HOST, { dns: ['*'] }, { fails: wrongName }),
    nameCase('common name only', HOST, {}),
    nameCase('another common name only', HOST, { subject: 'other.example.test' }, { fails: wrongName }),
    nameCase('a common name beside other DNS names', HOST, { dns: ['other.example.test'] }, { fails: wrongName }),
    nameCase('a common name beside an address', HOST, { ip: ['10.1.2.3'] }),
    nameCase('a common name beside an e-mail address', HOST, { email: ['dba@example.test'] }),
    nameCase('a dot at the end of the host', `${HOST}.`, { dns: [HOST] }, { fails: rulesDiffer, psql: false }),
    nameCase('an address', '127.0.0.1', { subject: 'x', ip: ['127.0.0.1'] }),
    nameCase('another address', '127.0.0.1', { subject: 'x', ip: ['127.0.0.2'] }, { fails: wrongName }),
    nameCase(
      'an address as a DNS name',
      '127.0.0.1',
      { subject: 'x', dns: ['127.0.0.1'] },
      { fails: rulesDiffer, psql: true },
    ),
    nameCase('an address as a common name', '127.0.0.1', { subject: '127.0.0.1' }, { fails: rulesDiffer, psql: true }),
    nameCase(
      'localhost for an address',
      '127.0.0.1',
      { subject: 'localhost', dns: ['localhost'] },
      { fails: wrongName },
    ),
    nameCase(
      'an address in hexadecimal',
      '0x7f.1',
      { subject: 'x', ip: ['127.0.0.1'] },
      { fails: rulesDiffer, psql: true, openssl: false },
    ),
    nameCase(
      'an address in octal',
      '127.000.000.001',
      { subject: 'x', ip: ['127.0.0.1'] },
      { fails: rulesDiffer, psql: true, openssl: false },
    ),
    nameCase(
      'an address as one number',
      '2130706433',
      { subject: 'x', ip: ['127.0.0.1'] },
      { fails: rulesDiffer, psql: true, openssl: false },
    ),
    nameCase('a number that is no address', '4294967296', { subject: 'x', ip: ['0.0.0.0'] }, { fails: wrongName }),
    nameCase('another IPv6 address', '2001:db8::7', { subject: 'x', ip: ['2001:db8::8'] }, { fails: wrongName }),
    nameCase('an IPv6 address', '2001:db8::7', { subject: 'x', ip: ['2001:db8:0:0:0:0:0:7'] }),
  ])
