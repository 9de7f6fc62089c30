import { CannotReadStore, type StoreFinding } from '../../ports/trust-stores.ts'
import { BrokenCertificate, readStoredCertificate, type Certificate } from '../certificate.ts'
import type { ReadBundle } from '../bundled.ts'

/** A store's bytes, and what was to be seen of the place where they lay. */
export interface StoreBytes {
  /** As messages and evidence name it: a path, or a path and what in it. */
  readonly location: string
  readonly bytes: Buffer
  readonly findings: readonly StoreFinding[]
}

/** What a client that loads a store so trusts, and what was found on the way. */
export interface ReadStore extends ReadBundle {
  readonly findings: readonly StoreFinding[]
}

/** The error for bytes that are not what they have to be. */
export const malformed = (location: string, what: string, options?: ErrorOptions): CannotReadStore =>
  new CannotReadStore(
    'MALFORMED',
    `The trust store ${location} is damaged: ${what}. Make it anew, or fetch it again.`,
    options,
  )

/** The certificates of a binary store, and how many of them cannot be read. */
export function certificatesOf(ders: readonly Buffer[]): Pick<ReadBundle, 'certificates' | 'unreadable'> {
  const certificates: Certificate[] = []
  for (const der of ders) {
    try {
      certificates.push(readStoredCertificate(der))
    } catch (error) {
      if (!(error instanceof BrokenCertificate)) throw error
    }
  }
  return { certificates, unreadable: ders.length - certificates.length }
}
