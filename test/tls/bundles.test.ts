import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CannotFetch } from '../../src/ports/bundles.ts'
import { bundleUrl } from '../../src/tls/bundle-url.ts'
import { openBundles } from '../../src/tls/open-bundles.ts'
import { issue } from '../support/certificates.ts'
import { httpsServer, type HttpsServer } from '../support/https-server.ts'

const AWS = await readFile(new URL('data/rds-global-bundle-2025.pem', import.meta.url))
const STARTED = Date.now()
const now = (): number => STARTED

let directory: string
const open: AsyncDisposable[] = []

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'bundles-')), 'state')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]()
  await rm(join(directory, '..'), { recursive: true, force: true })
})

async function serving(answer: RequestListener): Promise<HttpsServer> {
  const server = await httpsServer(answer)
  open.push(server)
  return server
}

const giving = (body: Buffer | string): Promise<HttpsServer> => serving((_, response) => response.end(body))

const bundlesOf = (server: HttpsServer, url = `${server.url}/global/global-bundle.pem`, timeout = 10_000) =>
  openBundles({ directory, url, ca: server.ca, now, timeout })

const failure = (work: Promise<unknown>): Promise<CannotFetch> =>
  work.then(
    () => Promise.reject(new Error('it was fetched')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(CannotFetch)
      return error as CannotFetch
    },
  )

describe('fetching', () => {
  test('a bundle of AWS arrives whole, is saved as it came and found again', async () => {
    const server = await giving(AWS)
    const bundles = bundlesOf(server)
    const bundle = await bundles.fetch('eu-west-1')
    expect(bundle).toMatchObject({
      source: `${server.url}/global/global-bundle.pem`,
      fetchedAt: now(),
      sha256: '05c6b4a9bf4daa95c888711481e19cc8e2e11aed4de8db759f51f4a6fce64917',
      bytes: AWS.length,
      file: join(directory, 'eu-west-1-bundle.pem'),
    })
    expect(bundle.certificates).toHaveLength(102)
    expect(bundle.findings).toEqual([expect.objectContaining({ code: 'preview-roots', fatal: false })])
    expect(await readFile(bundle.file)).toEqual(AWS)
    const [file, folder] = [await stat(bundle.file), await stat(directory)]
    expect([file.mode & 0o777, folder.mode & 0o777]).toEqual([0o644, 0o700])
    expect(await readdir(directory)).toEqual(['eu-west-1-bundle.pem'])

    const saved = await bundles.saved('eu-west-1', bundle.sha256)
    expect(saved).toMatchObject({
      source: bundle.file,
      sha256: bundle.sha256,
      file: bundle.file,
      findings: bundle.findings,
    })
    expect(saved?.certificates).toEqual(bundle.certificates)
    expect(await bundles.saved('eu-west-1')).toEqual(saved)
    expect(await bundles.saved('eu-west-1', '0'.repeat(64))).toBeUndefined()
    expect(await bundles.saved('eu-west-2')).toBeUndefined()
  })

  test('a base is completed as at AWS, an exact URL is not', async () => {
    const server = await giving(AWS)
    await bundlesOf(server, `${server.url}/mirror/`).fetch('eu-west-1')
    await bundlesOf(server, `${server.url}/my/roots.pem?v=2`).fetch('eu-west-1')
    expect(server.requests).toEqual(['/mirror/global/global-bundle.pem', '/my/roots.pem?v=2'])
  })

  test('the last good one stays when a bad one comes', async () => {
    const good = await giving(AWS)
    const first = await bundlesOf(good).fetch('eu-west-1')
    const cut = AWS.subarray(0, AWS.length - 200)
    const bad = await giving(cut)
    const second = await bundlesOf(bad).fetch('eu-west-1')
    expect(second.findings).toContainEqual(expect.objectContaining({ code: 'truncated', fatal: true }))
    expect(second.certificates).toHaveLength(101)
    expect(await bundlesOf(good).saved('eu-west-1')).toMatchObject({ sha256: first.sha256 })
    expect(await bundlesOf(good).saved('eu-west-1', second.sha256)).toMatchObject({ file: second.file })
    expect(second.file).not.toBe(first.file)
  })

  test('a redirect to https is followed, to anything else it is not', async () => {
    const server = await serving((request, response) => {
      if (request.url === '/there.pem') response.end(AWS)
      else
        response
          .writeHead(302, { location: request.url === '/here.pem' ? '/there.pem' : 'http://127.0.0.1/there.pem' })
          .end()
    })
    expect(await bundlesOf(server, `${server.url}/here.pem`).fetch('eu-west-1')).toMatchObject({
      source: `${server.url}/there.pem`,
    })
    expect(await failure(bundlesOf(server, `${server.url}/away.pem`).fetch('eu-west-1'))).toMatchObject({
      code: 'NOT_HTTPS',
    })
  })

  test('redirects in a circle end', async () => {
    const server = await serving((_, response) => response.writeHead(301, { location: '/again.pem' }).end())
    expect(await failure(bundlesOf(server).fetch('eu-west-1'))).toMatchObject({ code: 'HTTP_STATUS' })
    expect(server.requests.length).toBeLessThan(6)
  })

  test.each([
    ['a status', 'HTTP_STATUS', ((_, response) => response.writeHead(404).end('<Error/>')) satisfies RequestListener],
    [
      'something else',
      'NOT_PEM',
      ((_, response) => response.end('<html>Please log in</html>')) satisfies RequestListener,
    ],
    ['nothing', 'NOT_PEM', ((_, response) => response.end()) satisfies RequestListener],
    [
      'too much, announced',
      'TOO_LARGE',
      ((_, response) =>
        response
          .writeHead(200, { 'content-length': 3_000_000 })
          .end(Buffer.alloc(3_000_000))) satisfies RequestListener,
    ],
    [
      'too much, not announced',
      'TOO_LARGE',
      ((_, response) => response.end(Buffer.alloc(3_000_000))) satisfies RequestListener,
    ],
    [
      'less than announced',
      'ECONNRESET',
      ((_, response) => {
        response.writeHead(200, { 'content-length': AWS.length })
        response.write(AWS.subarray(0, 5_000), () => response.destroy())
      }) satisfies RequestListener,
    ],
  ])('%s is %s', async (_, code, answer) => {
    const server = await serving(answer)
    expect(await failure(bundlesOf(server).fetch('eu-west-1'))).toMatchObject({ code })
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a server that says nothing is given up', async () => {
    const server = await serving(() => undefined)
    expect(await failure(bundlesOf(server, undefined, 200).fetch('eu-west-1'))).toMatchObject({ code: 'TIMEOUT' })
  })

  test('a server that is not trusted is not believed, whatever the environment says', async () => {
    const server = await giving(AWS)
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const untold = openBundles({ directory, url: server.url, now })
    expect(await failure(untold.fetch('eu-west-1'))).toMatchObject({ code: 'UNTRUSTED' })
    expect(server.requests).toEqual([])
  })

  test('a server with a certificate for another name is not believed', async () => {
    const root = await issue({ subject: 'CN=Test HTTPS Root', ca: true })
    const leaf = await issue({ subject: 'elsewhere.test', issuer: root, dns: ['elsewhere.test'] })
    const server = await httpsServer((_, response) => response.end(AWS), { root, leaf })
    open.push(server)
    expect(await failure(bundlesOf(server).fetch('eu-west-1'))).toMatchObject({ code: 'UNTRUSTED' })
  })

  test('plain http is refused before anything is sent', async () => {
    const bundles = openBundles({ directory, url: 'http://127.0.0.1:1/x.pem', now })
    expect(await failure(bundles.fetch('eu-west-1'))).toMatchObject({ code: 'NOT_HTTPS' })
  })

  test('the caller can give up', async () => {
    const server = await serving(() => undefined)
    const giveUp = new AbortController()
    const pending = bundlesOf(server).fetch('eu-west-1', giveUp.signal)
    const reason = new Error('enough')
    giveUp.abort(reason)
    await expect(pending).rejects.toBe(reason)
  })

  test('a directory that cannot be written is said, with the file', async () => {
    const server = await giving(AWS)
    await mkdir(join(directory, '..'), { recursive: true })
    await writeFile(directory, 'a file stands in its place')
    const problem = await failure(bundlesOf(server).fetch('eu-west-1'))
    expect(problem.code).toMatch(/EEXIST|ENOTDIR/)
    expect(problem.message).toContain('eu-west-1-bundle.pem')
    await chmod(directory, 0o600)
  })

  test('a Region is a Region', async () => {
    const server = await giving(AWS)
    await expect(bundlesOf(server).fetch('../../etc')).rejects.toBeInstanceOf(TypeError)
  })

  test('the proxy of the environment is used', async () => {
    const server = await giving(AWS)
    const tunnels: string[] = []
    const proxy = createServer().listen(0, '127.0.0.1')
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url ?? '')
      const onward = connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => undefined)
      socket.on('error', () => undefined)
    })
    await new Promise((resolve) => proxy.once('listening', resolve))
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    try {
      expect((await bundlesOf(server).fetch('eu-west-1')).certificates).toHaveLength(102)
      expect(tunnels).toEqual([`127.0.0.1:${server.port}`])
    } finally {
      proxy.closeAllConnections()
      proxy.close()
    }
  })
})

describe('where AWS has bundles', () => {
  test.each([
    ['us-east-1', 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem'],
    ['ap-southeast-6', 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem'],
    ['us-gov-east-1', 'https://truststore.pki.us-gov-west-1.rds.amazonaws.com/global/global-bundle.pem'],
    ['cn-northwest-1', 'https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem'],
    ['us-iso-east-1', undefined],
    ['us-isob-east-1', undefined],
    ['eusc-de-east-1', undefined],
  ])('%s', (region, url) => expect(bundleUrl(region)).toBe(url))

  test('nowhere: a URL has to be named', async () => {
    const bundles = openBundles({ directory, now })
    expect(await failure(bundles.fetch('us-iso-east-1'))).toMatchObject({ code: 'NO_URL' })
  })
})
