import type { BundleFinding } from '../ports/bundles.ts'

const note = (code: string, detail: string): BundleFinding => ({ code, fatal: false, detail })

const BEGIN = /^[ \t]*-----BEGIN /m
const INSIDE = /-----BEGIN ([^\r\n]+)-----[^]*?-----END \1-----/g

/**
 * What the text around the certificates shows about how a file came about, and what it costs. Clients read over most of it; where
 * they lose certificates by it, it is fatal.
 * @param bytes the file as it is
 */
export function textFindings(bytes: Buffer): readonly BundleFinding[] {
  const marked = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))
  const text = bytes.subarray(marked ? 3 : 0).toString('latin1')
  const around = text.replace(INSIDE, '').trim()
  const before = text.slice(0, Math.max(0, text.search(BEGIN))).trim()
  const indented = /^[ \t]+-----BEGIN /m.test(text)
  return [
    ...(marked
      ? [
          note(
            'byte-order-mark',
            'a byte order mark stands first: OpenSSL 3 reads over it, others may lose the first certificate',
          ),
        ]
      : []),
    ...(indented
      ? [
          {
            code: 'indented',
            fatal: true,
            detail:
              'lines that begin a certificate are indented (YAML?): OpenSSL and what is built on it pass over those',
          },
        ]
      : []),
    ...(text.includes('\r\n')
      ? [note('crlf', 'the lines end as on Windows (CRLF): clients read it, but its SHA-256 is not that of AWS’s file')]
      : []),
    ...(before !== '' ? [note('leading-text', 'text stands before the first certificate: clients read over it')] : []),
    ...(before === '' && around !== ''
      ? [note('text-between', 'text stands between or after the certificates: clients read over it')]
      : []),
  ]
}
