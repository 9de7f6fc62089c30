import { readFile } from 'node:fs/promises'
import type { BundleFinding } from '../ports/bundles.ts'
import { CannotReadStore } from '../ports/trust-stores.ts'
import type { Instant } from '../rules/words.ts'
import { bundled, readBundle } from '../tls/bundled.ts'
import { lintBundle } from '../tls/bundle-lint.ts'
import { isReadableCrl, splitCrls } from '../tls/crl.ts'
import { openBundles } from '../tls/open-bundles.ts'
import { openTrustStores } from '../tls/stores/open-trust-stores.ts'
import { storeAt } from '../tls/stores/store-at.ts'
import type { Store, Target } from './checked.ts'
import { regionOfHost } from './endpoint-kind.ts'

/** There are no roots to check against. The message says what to give. */
export class NoStore extends Error {
  override readonly name = 'NoStore'
}

export interface StoreFlags {
  readonly bundle?: string
  readonly trustStore?: string
  readonly crl?: string
}

export interface StoreOptions {
  /** Where bundles are saved. */
  readonly bundles: string
  readonly now: () => Instant
}

const say = ({ detail }: { readonly detail: string }): string => detail

/** Amazon's own bundles hold preview roots; and a bundle without the Region is a failure of the chain, not a note. */
const notesOf = (findings: readonly BundleFinding[]): readonly string[] =>
  findings.filter(({ code }) => code !== 'preview-roots' && code !== 'region-absent').map((each) => say(each))

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function textOf(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    throw new NoStore(`${flag} ${path} cannot be read: ${reason(error)}.`, { cause: error })
  }
}

async function fromBundleFile(path: string, region: string | undefined, now: Instant): Promise<Omit<Store, 'crls'>> {
  const read = readBundle(await textOf('--bundle', path))
  if (read.certificates.length === 0)
    throw new NoStore(`--bundle ${path} has no certificate in it: it must be a PEM bundle.`)
  return {
    kind: 'bundle',
    location: path,
    certificates: read.certificates.map((certificate) => bundled(certificate)),
    notes: notesOf(lintBundle(read, region, now)),
  }
}

async function fromTrustStore(path: string, now: () => Instant): Promise<Omit<Store, 'crls'>> {
  try {
    const { certificates: held, findings, location } = await openTrustStores({ now }).read(await storeAt(path))
    // A handshake is made with them: those that OpenSSL cannot read are none to it.
    const { certificates } = readBundle(held.map(({ pem }) => pem).join(''))
    return {
      kind: 'trust-store',
      location,
      certificates: certificates.map((one) => bundled(one)),
      notes: findings.map((each) => say(each)),
    }
  } catch (error) {
    if (error instanceof CannotReadStore) throw new NoStore(error.message, { cause: error })
    throw new NoStore(`--trust-store ${path} cannot be read: ${reason(error)}.`, { cause: error })
  }
}

async function fromSaved(
  target: Target,
  region: string | undefined,
  options: StoreOptions,
): Promise<Omit<Store, 'crls'>> {
  if (region === undefined)
    throw new NoStore(
      `${target.name} tells no Region, so no saved bundle can be chosen: give one with --bundle FILE, or a client's own roots with --trust-store FILE.`,
    )
  const saved = await openBundles({ directory: options.bundles, now: options.now }).saved(region)
  if (!saved)
    throw new NoStore(
      `No bundle of ${region} is saved in ${options.bundles}. Step 03 of the runbook saves one; or give one with --bundle FILE, for example AWS's global-bundle.pem.`,
    )
  return {
    kind: 'bundle',
    location: saved.file,
    certificates: saved.certificates,
    notes: notesOf(saved.findings),
  }
}

async function crlsIn(path: string): Promise<readonly string[]> {
  const crls = splitCrls(await textOf('--crl', path))
  if (crls.length === 0) throw new NoStore(`--crl ${path} has no revocation list in it: it must be PEM (X509 CRL).`)
  const broken = crls.findIndex((crl) => !isReadableCrl(crl))
  if (broken >= 0)
    throw new NoStore(
      `--crl ${path}: OpenSSL cannot read revocation list ${broken + 1} of ${crls.length}. Fetch it again from its CA.`,
    )
  return crls
}

/** The roots to check against: the bundle or trust store that is given, else the Region's saved bundle. Throws {@link NoStore}. */
export async function storeFor(target: Target, flags: StoreFlags, options: StoreOptions): Promise<Store> {
  const region = regionOfHost(target.name) ?? regionOfHost(target.host)
  const store =
    flags.bundle !== undefined
      ? await fromBundleFile(flags.bundle, region, options.now())
      : flags.trustStore !== undefined
        ? await fromTrustStore(flags.trustStore, options.now)
        : await fromSaved(target, region, options)
  return { ...store, crls: flags.crl === undefined ? [] : await crlsIn(flags.crl) }
}
