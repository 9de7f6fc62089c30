import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { CannotFetch, type Bundle, type Bundles } from '../ports/bundles.ts'
import type { Instant } from '../rules/words.ts'
import { bundled, readBundle } from './bundled.ts'
import { lintBundle } from './bundle-lint.ts'
import { bundleUrl } from './bundle-url.ts'
import { download } from './download.ts'
import { saveFile } from './save-file.ts'

export interface BundlesOptions {
  /** Where bundles are saved. Made with 0700 when it is not there. */
  readonly directory: string
  /** In place of AWS's URLs: one exact URL when its path ends in `.pem`, else a base (see {@link bundleUrl}). */
  readonly url?: string
  /** PEM certificates to trust, beside Node's, for the HTTPS of the bundle server. They are never trusted for databases. */
  readonly ca?: string
  /** Milliseconds for one fetch; 20,000 when absent. */
  readonly timeout?: number
  readonly now: () => Instant
}

const DEFAULT_TIMEOUT = 20_000
/** AWS's global bundle has 165 kB. */
const MAX_BYTES = 2_000_000

function nameOf(region: string): string {
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw new TypeError(`"${region}" is not a Region`)
  return `${region}-bundle`
}

const SOUND = '.pem'
const REJECTED = '.rejected.pem'

async function readIfThere(file: string): Promise<{ readonly body: Buffer; readonly savedAt: Instant } | undefined> {
  try {
    const handle = await open(file)
    try {
      const { mtimeMs } = await handle.stat()
      return { body: await handle.readFile(), savedAt: Math.floor(mtimeMs) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Trust bundles over HTTPS, kept in a directory. A bundle with a fatal finding is saved beside, so that the last good one stays. */
export function openBundles({ directory, url, ca, timeout = DEFAULT_TIMEOUT, now }: BundlesOptions): Bundles {
  const describe = (
    body: Buffer,
    region: string,
    from: Pick<Bundle, 'source' | 'fetchedAt'>,
  ): Omit<Bundle, 'file'> | undefined => {
    const read = readBundle(body.toString('latin1'))
    if (read.certificates.length === 0) return undefined
    return {
      ...from,
      sha256: hash('sha256', body, 'hex'),
      bytes: body.length,
      certificates: read.certificates.map((certificate) => bundled(certificate)),
      findings: lintBundle(read, region, now()),
    }
  }

  const fetch = async (region: string, signal?: AbortSignal): Promise<Bundle> => {
    const name = nameOf(region)
    const address = bundleUrl(region, url)
    if (address === undefined)
      throw new CannotFetch(
        'NO_URL',
        `AWS publishes no address for the trust bundle of ${region}: name one with --bundle-url.`,
      )
    const { body, url: source } = await download(address, {
      timeout,
      maxBytes: MAX_BYTES,
      ...(ca !== undefined && { ca }),
      ...(signal && { signal }),
    })
    const bundle = describe(body, region, { source, fetchedAt: now() })
    if (!bundle) throw new CannotFetch('NOT_PEM', `${source} is no trust bundle: there is no certificate in it.`)
    const file = join(directory, name + (bundle.findings.some(({ fatal }) => fatal) ? REJECTED : SOUND))
    try {
      await saveFile(file, body, 0o644)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_SAVE'
      throw new CannotFetch(
        code,
        `The bundle of ${region} arrived but could not be saved as ${file}: ${code}. What was there before is as it was.`,
        { cause: error },
      )
    }
    return { ...bundle, file }
  }

  /** A rejected bundle is there only for whoever asks for that very one. */
  const saved = async (region: string, sha256?: string): Promise<Bundle | undefined> => {
    const name = nameOf(region)
    for (const suffix of sha256 === undefined ? [SOUND] : [SOUND, REJECTED]) {
      const file = join(directory, name + suffix)
      const found = await readIfThere(file)
      if (!found || (sha256 !== undefined && hash('sha256', found.body, 'hex') !== sha256)) continue
      const bundle = describe(found.body, region, { source: file, fetchedAt: found.savedAt })
      if (bundle) return { ...bundle, file }
    }
    return undefined
  }

  return { fetch, saved }
}
