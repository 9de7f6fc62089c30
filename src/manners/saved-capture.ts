import { hash } from 'node:crypto'
import type { Place, WireQuestion } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import { nameAskedFor, type Capture } from '../tls/capture.ts'
import { readCertificate } from '../tls/certificate.ts'
import type { Captured } from '../tls/judge.ts'

/** A captured chain as it is kept on disk. */
export interface SavedCapture {
  readonly place: Place
  readonly at: Instant
  readonly ms: number
  readonly protocol: string
  readonly cipher: string
  /** DER in base64, leaf first. */
  readonly served: readonly string[]
  readonly openssl: Captured['openssl']
  /** Digest of the roots, revocation lists and name for which OpenSSL gave its verdict. */
  readonly asked: string
}

/** What OpenSSL's verdict in a handshake is about, in one digest. The order of the roots does not matter. */
export const askedOf = (question: WireQuestion): string =>
  hash(
    'sha256',
    JSON.stringify([question.roots.toSorted(), question.crls ?? [], nameAskedFor(question).toLowerCase()]),
    'hex',
  )

export const saveCapture = ({ captured, ...rest }: Capture, question: WireQuestion): SavedCapture => ({
  ...rest,
  served: captured.served.map(({ der }) => der.toString('base64')),
  openssl: captured.openssl,
  asked: askedOf(question),
})

/** Throws `BrokenCertificate` for a chain that was not written here. */
export function readCapture({ served, openssl, asked: _asked, ...rest }: SavedCapture): Capture {
  const [leaf = '', ...more] = served
  const read = (text: string) => readCertificate(Buffer.from(text, 'base64'))
  return { ...rest, captured: { served: [read(leaf), ...more.map((text) => read(text))], openssl } }
}
