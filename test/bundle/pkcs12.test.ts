import { createHash } from 'node:crypto'
import { createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { passwordProblem } from '../../src/bundle/formats.ts'
import { element, integer, oid } from '../../src/bundle/der-write.ts'
import { trustStore } from '../../src/bundle/pkcs12.ts'
import { childrenOf, oidOf, readDer, smallInteger } from '../../src/tls/der.ts'
import { amazonLike, issue } from '../support/certificates.ts'
import { OPENSSL, openssl } from '../support/openssl.ts'
import { AWS, certificatesOf, Folder } from './bundles.ts'
import { HAS_JDK, HAS_KEYTOOL, say } from './programs.ts'

const ROOTS = certificatesOf(AWS)
const PASSWORD = 'changeit'

/** Every SHA-256 that `keytool -list` or `-v` prints. */
const fingerprints = (said: string): string[] =>
  [...said.matchAll(/SHA-?256\)?: ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/g)]
    .map(([, digest = '']) => digest.replaceAll(':', '').toLowerCase())
    .sort()

describe.skipIf(!HAS_KEYTOOL)('keytool', () => {
  test('lists every root of AWS’s bundle, RSA and EC, as trusted', async () => {
    await using folder = await Folder.make()
    const store = await folder.write('store.p12', trustStore(ROOTS, PASSWORD))
    const { said } = await say('keytool', ['-list', '-v', '-keystore', store, '-storepass', PASSWORD])
    expect(said).toContain('Keystore type: PKCS12')
    expect(said).toContain('Your keystore contains 102 entries')
    expect(said.match(/^Entry type: trustedCertEntry$/gm)).toHaveLength(102)
    expect(said).toContain('Alias name: amazon-rds-eu-west-1-root-ca-ecc384-g1')
    expect(fingerprints(said)).toEqual(ROOTS.map(({ sha256 }) => sha256).sort())
  })

  test('opens it with its own password alone', async () => {
    await using folder = await Folder.make()
    const store = await folder.write('store.p12', trustStore(ROOTS.slice(0, 3), 'correct horse ~!"'))
    const password = await folder.write('password', 'correct horse ~!"\n')
    const right = await say('keytool', ['-list', '-keystore', store, '-storepass:file', password])
    expect(right.said).toContain('contains 3 entries')
    const wrong = await say('keytool', ['-list', '-keystore', store, '-storepass', PASSWORD])
    expect(wrong.said).toMatch(/password was incorrect|Integrity check failed/i)
  })

  test('notices one changed byte', async () => {
    await using folder = await Folder.make()
    const bytes = trustStore(ROOTS.slice(0, 3), PASSWORD)
    const middle = bytes.indexOf(ROOTS[1]?.der ?? '') + 40
    bytes.writeUInt8((bytes[middle] ?? 0) ^ 1, middle)
    const store = await folder.write('store.p12', bytes)
    expect((await say('keytool', ['-list', '-keystore', store, '-storepass', PASSWORD])).code).not.toBe(0)
  })
})

/** Trusts what a store says, and tells whether a server is believed. */
const CLIENT = `
import javax.net.ssl.*; import java.io.*; import java.security.KeyStore;
public class Client {
  public static void main(String[] a) throws Exception {
    for (int i = 1; i < a.length; i++) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = new FileInputStream(a[i])) { store.load(in, "changeit".toCharArray()); }
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", Integer.parseInt(a[0]))) {
        SSLParameters strict = socket.getSSLParameters();
        strict.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(strict);
        socket.startHandshake();
        System.out.println("believed");
      } catch (SSLException e) { System.out.println("refused: " + e.getMessage()); }
    }
  }
}`

describe.skipIf(!HAS_JDK)('a Java TLS client', () => {
  test('believes a server by its root in the store, and not without', async () => {
    await using folder = await Folder.make()
    const { root, inter, leaf } = await amazonLike('localhost')
    const server = createServer({ cert: leaf.pem + inter.pem, key: leaf.keyPem }, (socket) => socket.end())
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const source = await folder.write('Client.java', CLIENT)
      const ecRoot = certificatesOf(root.pem)
      const right = await folder.write('right.p12', trustStore([...ROOTS, ...ecRoot], PASSWORD))
      const wrong = await folder.write('wrong.p12', trustStore(ROOTS, PASSWORD))
      const { said } = await say('java', ['-Djava.net.preferIPv4Stack=true', source, String(port), right, wrong])
      expect(said.trim().split('\n')).toEqual(['believed', expect.stringMatching(/^refused: .*PKIX path/)])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe.skipIf(OPENSSL === '')('openssl', () => {
  test('reads all of it, and refuses it under another password', async () => {
    await using folder = await Folder.make()
    const store = await folder.write('store.p12', trustStore(ROOTS, PASSWORD))
    const { said, code } = await openssl('pkcs12', '-nokeys', '-in', store, '-passin', `pass:${PASSWORD}`)
    expect(code).toBe(0)
    expect(certificatesOf(said).map(({ sha256 }) => sha256)).toEqual(ROOTS.map(({ sha256 }) => sha256))
    expect((await openssl('pkcs12', '-nokeys', '-in', store, '-passin', 'pass:another')).said).toContain(
      'invalid password',
    )
  })
})

describe('its bytes', () => {
  test('are DER to the last, and the same for the same certificates', () => {
    const bytes = trustStore(ROOTS, PASSWORD)
    const [version, safe, mac] = childrenOf(readDer(bytes))
    expect(version && smallInteger(version)).toBe(3)
    expect(safe && childrenOf(safe)).toHaveLength(2)
    expect(mac && childrenOf(mac)).toHaveLength(3)
    expect(trustStore(ROOTS, PASSWORD)).toEqual(bytes)
    const digest = (other: Buffer): string => createHash('sha256').update(other).digest('hex')
    expect(new Set([bytes, trustStore(ROOTS, 'another'), trustStore(ROOTS.slice(1), PASSWORD)].map(digest)).size).toBe(
      3,
    )
  })

  test('two roots of one name have two aliases', async () => {
    const [one, other] = [
      await issue({ subject: 'CN=Same', ca: true, keyName: 'one' }),
      await issue({ subject: 'CN=Same', ca: true, keyName: 'other' }),
    ]
    // Aliases are UTF-16: without its zero bytes it is text.
    const text = trustStore(certificatesOf(one.pem, other.pem), PASSWORD).toString('latin1').replaceAll('\0', '')
    expect(text).toContain('same')
    expect(text).toMatch(/same-[0-9a-f]{8}/)
  })

  test.each([0, 1, 127, 128, 255, 256, 32_767, 32_768, 10_000, 2 ** 31 - 1])('integer %d', (value) => {
    expect(smallInteger(readDer(integer(value)))).toBe(value)
  })

  test.each(['2.16.840.1.113894.746875.1.1', '1.2.840.113549.1.12.10.1.3', '2.5.29.37.0'])('OID %s', (dotted) => {
    expect(oidOf(readDer(oid(dotted)))).toBe(dotted)
  })

  test.each([0, 127, 128, 255, 256, 65_535, 65_536, 16_777_216])('an element of %d bytes', (length) => {
    expect(readDer(element(4, Buffer.alloc(length))).body).toHaveLength(length)
  })
})

test.each([
  ['changeit', undefined],
  ['short', /fewer than 6/],
  ['pässword', /ASCII/],
  ['tab\tinside', /ASCII/],
])('the password %j is taken or not', (password, problem) => {
  if (problem) expect(passwordProblem(password)).toMatch(problem)
  else expect(passwordProblem(password)).toBeUndefined()
})
