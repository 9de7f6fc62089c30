import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { Pki } from './data-plane.ts'
import { REGION } from './world.ts'

/** Paths as on AWS's trust store host. */
export const GLOBAL_BUNDLE_PATH = '/global/global-bundle.pem'
export const REGION_BUNDLE_PATH = `/${REGION}/${REGION}-bundle.pem`

/** The Region's own bundle: its roots alone. The global one holds those of other Regions too. */
const regionBundle = (pki: Pki): string => pki.cas.map(({ rootPem }) => `${rootPem.trim()}\n`).join('')

/**
 * Makes the HTTPS server that gives the trust bundles, not listening yet. `instead` is asked at each download for the
 * bundle that a fault gives.
 */
export async function createBundleServer(pki: Pki, instead: () => string | undefined): Promise<Server> {
  const { keyPem, certPem } = await pki.https()
  return createServer({ key: keyPem, cert: certPem }, (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    const path = (request.url ?? '').split('?')[0]
    const right =
      path === GLOBAL_BUNDLE_PATH ? pki.bundle() : path === REGION_BUNDLE_PATH ? regionBundle(pki) : undefined
    if (right === undefined) {
      // S3's words, which is what stands behind AWS's host.
      response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>')
      return
    }
    const bundle = Buffer.from(instead() ?? right)
    response.writeHead(200, {
      'content-type': 'binary/octet-stream',
      'content-length': bundle.length,
      etag: `"${createHash('md5').update(bundle).digest('hex')}"`,
    })
    response.end(request.method === 'HEAD' ? undefined : bundle)
  })
}
