import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { caOf, kindOf } from '../../src/bundle/authority.ts'
import { readBundleFile } from '../../src/bundle/bundle-file.ts'
import { summaryOf } from '../../src/bundle/summary.ts'
import { days, issue } from '../support/certificates.ts'
import { OPENSSL, openssl } from '../support/openssl.ts'
import { AWS, AWS_FILE, certificatesOf, Folder, root } from './bundles.ts'

const NOW = Date.now()
let folder: Folder
beforeEach(async () => {
  folder = await Folder.make()
})
afterEach(() => folder[Symbol.asyncDispose]())

const codes = async (contents: string | Buffer, region?: string): Promise<string[]> => {
  const { findings } = await readBundleFile(await folder.write('bundle.pem', contents), NOW, region)
  return findings.map(({ code, fatal }) => (fatal ? `${code}!` : code))
}

describe('AWS’s bundle of 2025', () => {
  test('is read whole: Regions, CAs, keys, expiry', async () => {
    const summary = summaryOf(await readBundleFile(AWS_FILE, NOW), NOW)
    expect(summary).toMatchObject({
      certificates: 102,
      sha256: '05c6b4a9bf4daa95c888711481e19cc8e2e11aed4de8db759f51f4a6fce64917',
      kinds: { root: 96, preview: 6, intermediate: 0, other: 0 },
      cas: { 'rds-ca-rsa2048-g1': 32, 'rds-ca-rsa4096-g1': 32, 'rds-ca-ecc384-g1': 32 },
      keys: { rsa2048: 34, rsa4096: 34, 'ec-secp384r1': 34 },
      expired: 0,
    })
    expect(summary.regions).toHaveLength(32)
    expect(summary.regions).toContain('mx-central-1')
    expect(summary.findings.map(({ code }) => code)).toEqual(['preview-roots'])
    expect(new Date(summary.lastExpiry ?? 0).toISOString()).toMatch(/^2124-09-30/)
    // DescribeCertificates calls this the Thumbprint of rds-ca-rsa2048-g1 in ap-southeast-1.
    expect(
      summary.entries.find(({ region, ca }) => region === 'ap-southeast-1' && ca === 'rds-ca-rsa2048-g1')?.sha1,
    ).toBe('aa6b73726c21176cc714815278d6ebc932f293b3')
  })

  test('is told when the Region asked for is not in it', async () => {
    expect(await codes(AWS, 'cn-north-1')).toEqual(['preview-roots', 'region-absent'])
    expect(await codes(AWS, 'eu-west-1')).toEqual(['preview-roots'])
  })
})

describe('what happens to bundles', async () => {
  const one = (await root('eu-west-1')).pem
  const expired = (await root('eu-west-2', 'RSA2048 G1', { notBefore: days(-9), notAfter: days(-1) })).pem
  const old = await issue({
    subject: 'CN=Amazon RDS Root 2019 CA, O=Test',
    ca: true,
    notBefore: new Date('2019-08-22'),
    notAfter: new Date('2024-08-22'),
  })
  const oldSubordinate = await issue({
    subject: 'CN=Amazon RDS eu-west-1 2019 CA, O=Test',
    issuer: old,
    ca: { pathLength: 0 },
    notBefore: new Date('2019-09-11'),
    notAfter: new Date('2024-08-22'),
  })

  test.each([
    ['nothing', one, []],
    ['twice the same', one + one, ['duplicates']],
    ['an expired one', one + expired, ['expired']],
    ['the combined bundle of 2020', old.pem + oldSubordinate.pem, ['intermediates', 'expired-only!', 'legacy']],
    ['CRLF', one.replaceAll('\n', '\r\n'), ['crlf']],
    ['a subject line before', `subject=CN=x\n${one}`, ['leading-text']],
    ['a comment between', `${one}# and now the next\n${expired}`, ['expired', 'text-between']],
    ['the end cut off', one + expired.slice(0, 300), ['truncated!', 'text-between']],
    ['a byte order mark', `\ufeff${one}${expired}`, ['expired', 'byte-order-mark']],
    ['YAML’s indentation', `${one}  ${expired}`, ['indented!']],
  ] as const)('%s', async (_, contents, found) => {
    expect(await codes(contents)).toEqual(found)
  })

  test.skipIf(OPENSSL === '')('openssl loses the certificate that is said to be lost, and no other', async () => {
    const seenBy = async (text: string): Promise<number> => {
      const file = await folder.write('bundle.pem', text)
      const made = folder.at('made.p7b')
      await openssl('crl2pkcs7', '-nocrl', '-certfile', file, '-out', made)
      return (await openssl('pkcs7', '-in', made, '-print_certs', '-noout')).said.match(/^subject/gm)?.length ?? 0
    }
    expect(await seenBy(one + expired)).toBe(2)
    expect(await seenBy(`${one}  ${expired}`)).toBe(1)
    expect(await seenBy(`# mine\n${one}${expired}`.replaceAll('\n', '\r\n'))).toBe(2)
  })

  test('the generations before are known by their names and dates', () => {
    expect(certificatesOf(old.pem, oldSubordinate.pem, one).map((each) => [caOf(each), kindOf(each)])).toEqual([
      ['rds-ca-2019', 'root'],
      ['rds-ca-2019', 'intermediate'],
      ['rds-ca-rsa2048-g1', 'root'],
    ])
  })

  test.each([
    ['a file of PowerShell', Buffer.from(`\ufeff${one}`, 'utf16le'), /UTF-16.*PowerShell.*iconv/],
    ['a log-in page', '<html>Please log in</html>', /not one certificate.*Fetch it again/],
    ['nothing at all', '', /not one certificate/],
    ['a Java key store', Buffer.from('feedfeed00000002', 'hex'), /Java key store.*keytool/],
  ])('%s is no bundle, and a sentence says so', async (_, contents, sentence) => {
    await expect(readBundleFile(await folder.write('x', contents), NOW)).rejects.toThrow(sentence)
  })

  test('a path that leads nowhere is said', async () => {
    await expect(readBundleFile(folder.at('none'), NOW)).rejects.toThrow(/nothing at that path \(ENOENT\)/)
    await expect(readBundleFile(folder.path, NOW)).rejects.toThrow(/is a directory \(EISDIR\)/)
  })
})
