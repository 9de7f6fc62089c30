import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { Pki } from './data-plane.ts'
import { partitionOf, REGION, type Partition } from './world.ts'

/** Paths as on AWS's trust store host. */
export const GLOBAL_BUNDLE_PATH = '/global/global-bundle.pem'
export const regionBundlePath = (region: string): string => `/${region}/${region}-bundle.pem`

/** Other partitions have hosts of their own in AWS; here, a folder of their own. */
export const globalBundlePath = (partition: Partition): string =>
  partition === 'aws' ? GLOBAL_BUNDLE_PATH : `/${partition}${GLOBAL_BUNDLE_PATH}`

/** The Region's own bundle: its roots alone. The global one holds those of other Regions too. */
const regionBundle = (pki: Pki): string => pki.cas.map(({ rootPem }) => `${rootPem.trim()}\n`).join('')

/** A partition's bundle: the roots of all of its Regions. That of the others holds nothing of them, as in AWS. */
export function globalBundle(pkis: ReadonlyMap<string, Pki>, partition: Partition = 'aws'): string {
  const others = [...pkis].filter(([region]) => region !== REGION && partitionOf(region) === partition)
  const home = partition === partitionOf(REGION) ? (pkis.get(REGION)?.bundle() ?? '') : ''
  return home + others.map(([, pki]) => regionBundle(pki)).join('')
}

function bundles(pkis: ReadonlyMap<string, Pki>): ReadonlyMap<string, string> {
  const ofRegions = [...pkis].map(([region, pki]) => [regionBundlePath(region), regionBundle(pki)] as const)
  const partitions = new Set([...pkis.keys()].map((region) => partitionOf(region)))
  const global = [...partitions].map(
    (partition) => [globalBundlePath(partition), globalBundle(pkis, partition)] as const,
  )
  return new Map([...ofRegions, ...global])
}

/**
 * Makes the HTTPS server that gives the trust bundles of these Regions, not listening yet. `instead` is asked at each
 * download for the bundle that a fault gives.
 */
export async function createBundleServer(
  pkis: ReadonlyMap<string, Pki>,
  { keyPem, certPem }: { readonly keyPem: string; readonly certPem: string },
  instead: () => string | undefined,
): Promise<Server> {
  const byPath = bundles(pkis)
  return createServer({ key: keyPem, cert: certPem }, (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    const path = (request.url ?? '').split('?')[0]
    const right = byPath.get(path ?? '')
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
