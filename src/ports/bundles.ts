import type { Instant } from '../rules/words.ts'
import type { CertificateSeen } from './wire.ts'

/** One certificate of a bundle or trust store, with its PEM text. */
export interface BundledCertificate extends CertificateSeen {
  readonly pem: string
  /** The Region that its subject names (`Amazon RDS REGION Root CA RSA2048 G1`), else absent (Beta and Preview roots too). */
  readonly region?: string
  readonly selfSigned: boolean
}

/** Something about a bundle that a person should know. `fatal` findings mean that it must not be used. */
export interface BundleFinding {
  readonly code: string
  readonly fatal: boolean
  readonly detail: string
}

export interface Bundle {
  /** Where it came from: an https URL or a file path. */
  readonly source: string
  readonly fetchedAt: Instant
  /** SHA-256 of the bytes, lower-case hex, and their number. */
  readonly sha256: string
  readonly bytes: number
  readonly certificates: readonly BundledCertificate[]
  readonly findings: readonly BundleFinding[]
  /** Where the file was saved, for clients to use. */
  readonly file: string
}

/** No bundle could be had. `code`: `TIMEOUT`, `HTTP_STATUS`, `TOO_LARGE`, `UNTRUSTED`, `NOT_PEM`, or Node's. */
export class CannotFetch extends Error {
  override readonly name = 'CannotFetch'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export interface Bundles {
  /** Fetches the Region's bundle over verified HTTPS and saves it atomically. Throws {@link CannotFetch}. */
  fetch(region: string, signal?: AbortSignal): Promise<Bundle>
  /** The bundle saved by the last fetch; undefined when there is none, or it has another SHA-256 than the one asked for. */
  saved(region: string, sha256?: string): Promise<Bundle | undefined>
}
