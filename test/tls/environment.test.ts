import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { amazonLike, issue } from '../support/certificates.ts'
import { startTlsServer, type TestServer } from '../support/tls-servers.ts'

const HOST = 'db.example.test'
const served = await amazonLike(HOST)
const stranger = await issue({ subject: 'Stranger', ca: true })

let server: TestServer
let directory: string
let rootFile: string

beforeAll(async () => {
  server = await startTlsServer('postgres', { certPem: served.leaf.pem + served.inter.pem, keyPem: served.leaf.keyPem })
  directory = await mkdtemp(join(tmpdir(), 'environment-'))
  rootFile = join(directory, 'root.pem')
  await writeFile(rootFile, served.root.pem)
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

/** A proof against roots that the server's chain does not end at, in a process of its own with this environment. */
function proofIn(
  environment: Record<string, string>,
  roots: readonly string[],
): Promise<{ strict: boolean; chain: unknown }> {
  const script = `
    const { openWire } = await import(${JSON.stringify(new URL('../../src/tls/open-wire.ts', import.meta.url).href)})
    const wire = openWire({ connect: new Map([['${HOST}:5432', '127.0.0.1:${server.port}']]), now: Date.now })
    console.log(JSON.stringify(await wire.verify({ engine: 'postgres', host: '${HOST}', port: 5432, roots: ${JSON.stringify(roots)} })))`
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--input-type=module', '-e', script],
      { env: { PATH: process.env['PATH'], ...environment } },
      (error, stdout, stderr) => {
        if (error) reject(new Error(stderr))
        else resolve(JSON.parse(stdout) as { strict: boolean; chain: unknown })
      },
    )
  })
}

test.each([
  ['NODE_TLS_REJECT_UNAUTHORIZED', (): Record<string, string> => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })],
  ['NODE_EXTRA_CA_CERTS', (): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: rootFile })],
  [
    'SSL_CERT_FILE with --use-openssl-ca',
    (): Record<string, string> => ({ SSL_CERT_FILE: rootFile, NODE_OPTIONS: '--use-openssl-ca' }),
  ],
  [
    'SSL_CERT_DIR with --use-system-ca',
    (): Record<string, string> => ({
      SSL_CERT_FILE: rootFile,
      SSL_CERT_DIR: directory,
      NODE_USE_SYSTEM_CA: '1',
      NODE_OPTIONS: '--use-system-ca',
    }),
  ],
  [
    'weaker defaults of TLS',
    (): Record<string, string> => ({ NODE_OPTIONS: '--tls-cipher-list=ALL:@SECLEVEL=0 --tls-min-v1.0' }),
  ],
])('%s trusts nobody more', async (_, environment) => {
  for (const roots of [[stranger.pem], []])
    expect(await proofIn(environment(), roots)).toMatchObject({
      strict: false,
      chain: { passed: false, code: 'unknown-root' },
    })
})

test('the same process does prove what is right', async () =>
  expect(await proofIn({ NODE_OPTIONS: '--tls-cipher-list=ALL:@SECLEVEL=0' }, [served.root.pem])).toMatchObject({
    strict: true,
  }))
