import { Agent, get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { getCACertificates } from 'node:tls'
import { CannotFetch } from '../ports/bundles.ts'

export interface DownloadOptions {
  /** PEM certificates to trust for HTTPS beside those that Node trusts. */
  readonly ca?: string
  /** Milliseconds for everything. */
  readonly timeout: number
  readonly maxBytes: number
  readonly signal?: AbortSignal
}

const MAX_REDIRECTS = 3

/** What OpenSSL and Node say when the HTTPS server's own certificate is not to be trusted. */
const UNTRUSTED =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)/

const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'ERR_DOWNLOAD'
}

function explain(error: unknown, url: URL): CannotFetch {
  if (error instanceof CannotFetch) return error
  const code = codeOf(error)
  return UNTRUSTED.test(code)
    ? new CannotFetch(
        'UNTRUSTED',
        `The certificate of ${url.host} is not trusted (${code}), so nothing that it says is. Behind a proxy that inspects TLS, name its CA with --bundle-ca or NODE_EXTRA_CA_CERTS.`,
        { cause: error },
      )
    : new CannotFetch(
        code,
        `${url.href} could not be fetched: ${code}. Check the network, and HTTPS_PROXY where there is a proxy.`,
        { cause: error },
      )
}

/** Node knows proxy settings in the environment from 24.5 and 22.21 on; older ones ignore the option and go direct. */
function agentFor(ca: string | undefined): Agent {
  return new Agent({
    keepAlive: false,
    proxyEnv: process.env,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED changes nothing.
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
  })
}

async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): CannotFetch =>
    new CannotFetch('TOO_LARGE', `${url.href} is larger than ${maxBytes} bytes: that is no trust bundle.`)
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  if (!response.complete)
    throw new CannotFetch('TRUNCATED', `${url.host} closed the connection before all of ${url.href} had arrived.`)
  return Buffer.concat(chunks)
}

const respond = (url: URL, agent: Agent, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, { agent, signal, headers: { accept: '*/*', 'user-agent': 'rds-ca-runbook' } }, resolve).once(
      'error',
      reject,
    )
  })

async function follow(
  start: URL,
  agent: Agent,
  signal: AbortSignal,
  maxBytes: number,
): Promise<{ readonly body: Buffer; readonly url: URL }> {
  let url = start
  for (let redirects = 0; ; redirects++) {
    if (url.protocol !== 'https:')
      throw new CannotFetch('NOT_HTTPS', `${url.href} is not an https URL: what it gives could be anybody's.`)
    const response = await respond(url, agent, signal)
    const { statusCode = 0, headers } = response
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined && redirects < MAX_REDIRECTS) {
      response.destroy()
      url = new URL(headers.location, url)
      continue
    }
    if (statusCode !== 200) {
      response.destroy()
      throw new CannotFetch('HTTP_STATUS', `${url.href} answered with HTTP ${statusCode} instead of a bundle.`)
    }
    return { body: await readBody(response, url, maxBytes), url }
  }
}

/**
 * Fetches a small file over HTTPS, verified with Node's roots and `ca`, through the proxy that the environment names.
 * Redirects to other schemes are refused. Throws {@link CannotFetch}, or the reason of the signal.
 */
export async function download(
  address: string,
  options: DownloadOptions,
): Promise<{ readonly body: Buffer; readonly url: string }> {
  if (!URL.canParse(address)) throw new CannotFetch('NOT_HTTPS', `"${address}" is not a URL.`)
  const start = new URL(address)
  const deadline = AbortSignal.timeout(options.timeout)
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline
  const agent = agentFor(options.ca)
  try {
    const { body, url } = await follow(start, agent, signal, options.maxBytes)
    return { body, url: url.href }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (deadline.aborted)
      throw new CannotFetch('TIMEOUT', `${start.href} did not arrive within ${options.timeout} ms.`, { cause: error })
    throw explain(error, start)
  } finally {
    agent.destroy()
  }
}
