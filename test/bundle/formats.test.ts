import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { contentsIn, ofRegion } from '../../src/bundle/formats.ts'
import type { Format } from '../../src/bundle/format.ts'
import type { Certificate } from '../../src/tls/certificate.ts'
import { amazonLike, issue } from '../support/certificates.ts'
import { OPENSSL, openssl } from '../support/openssl.ts'
import { AWS, certificatesOf, Folder } from './bundles.ts'

const ROOTS = certificatesOf(AWS)
const digests = (certificates: readonly Certificate[]): string[] => certificates.map(({ sha256 }) => sha256)

function directory(format: Format, certificates: readonly Certificate[]): ReadonlyMap<string, Buffer> {
  const contents = contentsIn(format, certificates, '')
  if (contents.kind !== 'directory') throw new Error('one file')
  return contents.files
}

test('one PEM file holds the same certificates in the same order', () => {
  const contents = contentsIn('pem', ROOTS, '')
  if (contents.kind !== 'file') throw new Error('a directory')
  expect(digests(certificatesOf(contents.bytes))).toEqual(digests(ROOTS))
  expect(contents.bytes.toString()).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----\n$/)
})

test('one file a certificate, each by a name of its own', () => {
  const files = directory('split', ROOTS)
  expect(files.size).toBe(102)
  expect([...files.values()].flatMap((bytes) => digests(certificatesOf(bytes)))).toEqual(digests(ROOTS))
  expect(certificatesOf(files.get('amazon-rds-eu-west-1-root-ca-rsa2048-g1.pem') ?? '')[0]?.sha256).toBe(
    '6f7e01b62af24058417130b21e5fb9ad9f29b29c775c5107b657419010975886',
  )
})

test('a certificate does not choose where it is written', async () => {
  const evil = await issue({ subject: 'CN=../../etc/cron.d/x', ca: true })
  const dots = await issue({ subject: 'CN=..', ca: true })
  expect([...directory('split', certificatesOf(evil.pem, dots.pem)).keys()]).toEqual([
    'etc-cron-d-x.pem',
    'certificate.pem',
  ])
})

describe.skipIf(OPENSSL === '')('the hashed directory', () => {
  test('has the names that openssl rehash gives', async () => {
    await using folder = await Folder.make()
    for (const [name, bytes] of directory('split', ROOTS)) await folder.write(name, bytes)
    expect((await openssl('rehash', folder.path)).code).toBe(0)
    const links = (await readdir(folder.path)).filter((name) => !name.endsWith('.pem'))
    expect(links).toHaveLength(102)
    expect([...directory('hashed', ROOTS).keys()].sort()).toEqual(links.sort())
  })

  test('is found by openssl, two of one subject too', async () => {
    await using folder = await Folder.make()
    const { root, inter, leaf } = await amazonLike('db.test')
    const namesake = await issue({ subject: root.subject, ca: true, keyName: 'another' })
    const roots = certificatesOf(namesake.pem, root.pem)
    const files = directory('hashed', roots)
    expect([...files.keys()].map((name) => name.slice(-2))).toEqual(['.0', '.1'])
    await mkdir(folder.at('store'))
    for (const [name, bytes] of files) await writeFile(folder.at('store', name), bytes)
    const [untrusted, file] = [await folder.write('inter.pem', inter.pem), await folder.write('leaf.pem', leaf.pem)]
    const verify = ['verify', '-no-CAfile', '-no-CAstore', '-untrusted', untrusted]
    expect((await openssl(...verify, '-CApath', folder.at('store'), file)).said).toContain('leaf.pem: OK')
    await mkdir(folder.at('empty'))
    expect((await openssl(...verify, '-CApath', folder.at('empty'), file)).code).not.toBe(0)
  })
})

test('the roots of one Region, or a sentence that names those that there are', () => {
  expect(ofRegion(ROOTS, 'eu-west-1')).toHaveLength(3)
  expect(() => ofRegion(ROOTS, 'cn-north-1')).toThrow(/no root of cn-north-1\. It names: af-south-1, .*China/)
  // The Beta root of us-east-1 is no root of that Region.
  expect(ofRegion(ROOTS, 'us-east-1')).toHaveLength(3)
})
