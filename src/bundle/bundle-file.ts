import { hash } from 'node:crypto'
import type { BundleFinding } from '../ports/bundles.ts'
import { CannotReadStore } from '../ports/trust-stores.ts'
import type { Instant } from '../rules/words.ts'
import { lintBundle } from '../tls/bundle-lint.ts'
import { readBundle } from '../tls/bundled.ts'
import type { Certificate } from '../tls/certificate.ts'
import { shellWord } from '../rules/shell-word.ts'
import { readStoreFile } from '../tls/stores/files.ts'
import { foreignFormat } from '../tls/stores/foreign-format.ts'
import { onceEach } from './authority.ts'
import { BundleUnusable } from './bundle-unusable.ts'
import { textFindings } from './text-findings.ts'

/** A trust bundle as it lies on this machine's disk. */
export interface BundleFile {
  readonly path: string
  /** SHA-256 of the bytes, lower-case hex, and their number. */
  readonly sha256: string
  readonly bytes: number
  /** Each certificate once, in the file's order. Never empty. */
  readonly certificates: readonly Certificate[]
  readonly findings: readonly BundleFinding[]
}

const MEANS: Readonly<Record<string, string>> = {
  ENOENT: 'there is nothing at that path',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory',
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return (await readStoreFile(path)).bytes
  } catch (error) {
    if (!(error instanceof CannotReadStore)) throw error
    const means = MEANS[error.code]
    throw new BundleUnusable(means ? `${path} cannot be read: ${means} (${error.code}).` : error.message, {
      cause: error,
    })
  }
}

/**
 * Reads a PEM bundle. Throws {@link BundleUnusable} when it cannot be read, is a store of another kind, or holds no certificate.
 * @param region whose roots it should hold; left out, that is not looked at
 */
export async function readBundleFile(path: string, now: Instant, region?: string): Promise<BundleFile> {
  const bytes = await bytesOf(path)
  const format = foreignFormat(bytes)
  if (format)
    throw new BundleUnusable(
      `${path} is ${format.name}, and a PEM file is wanted: ${format.convert ? `make one with  ${format.convert.replaceAll('FILE', shellWord(path))}` : 'fetch it: rds-ca-runbook bundle fetch'}`,
    )
  const read = readBundle(bytes.toString('latin1'))
  const text = textFindings(bytes)
  if (read.certificates.length === 0) {
    const because = text.find(({ fatal }) => fatal)?.detail
    throw new BundleUnusable(
      `${path} is no trust bundle: there is not one certificate in it that can be read${because ? ` (${because})` : ''}. Fetch it again: rds-ca-runbook bundle fetch`,
    )
  }
  return {
    path,
    sha256: hash('sha256', bytes, 'hex'),
    bytes: bytes.length,
    certificates: onceEach(read.certificates),
    findings: [...lintBundle(read, region, now), ...text],
  }
}
