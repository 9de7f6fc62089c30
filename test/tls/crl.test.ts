import { createSecureContext } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { isReadableCrl, splitCrls } from '../../src/tls/crl.ts'
import { issue, x509 } from '../support/certificates.ts'

const issuer = await issue({ subject: 'CN=Lists', ca: true })

/** A list with an extension of so many bytes, which makes it that much longer. */
async function list(padding: number): Promise<string> {
  const crl = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: new Date(0),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    signingKey: issuer.keys.privateKey,
    extensions: [new x509.Extension('1.2.3.4', false, new Uint8Array(padding).buffer)],
  })
  return `${crl.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')}\n`
}

describe('revocation lists', () => {
  test('of every length come out as OpenSSL reads them', async () => {
    // A line of PEM is 48 bytes: a list that ends with a whole line must not be followed by an empty one.
    for (let padding = 100; padding < 148; padding += 1) {
      const [crl, ...others] = splitCrls(await list(padding))
      expect(others).toEqual([])
      expect(crl).not.toContain('\n\n')
      expect(() => createSecureContext({ crl })).not.toThrow()
    }
  })

  test('that OpenSSL cannot read are told from those that it can', async () => {
    const crl = await list(100)
    expect(isReadableCrl(crl)).toBe(true)
    expect(isReadableCrl(crl.replace(/\n.{64}/, `\n${'A'.repeat(64)}`))).toBe(false)
  })
})
