import type { BundledCertificate } from './bundles.ts'

/** A declared trust store of an application. Later kinds (JKS, PKCS#12, Secret …) are added here. */
export type TrustStoreLocation =
  | { readonly kind: 'pem'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string }

/** What is in a trust store now. */
export interface TrustStoreSeen {
  readonly location: string
  /** SHA-256 over the sorted certificates' SHA-256: order and comments do not change it. */
  readonly sha256: string
  readonly certificates: readonly BundledCertificate[]
  /** `code`: `empty`, `unparseable`, `duplicates`, `writable-by-others` … */
  readonly findings: readonly { readonly code: string; readonly detail: string }[]
}

/** The store could not be read. `code`: `ENOENT`, `EACCES`, `UNSUPPORTED` … */
export class CannotReadStore extends Error {
  override readonly name = 'CannotReadStore'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export interface TrustStores {
  /** Throws {@link CannotReadStore}. A store that parses but holds nothing is not an error: it is a finding. */
  read(location: TrustStoreLocation, signal?: AbortSignal): Promise<TrustStoreSeen>
}
