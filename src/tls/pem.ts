/** One `-----BEGIN …-----` block of a text. */
export interface PemBlock {
  readonly label: string
  /** The decoded body; undefined when it is not base64. */
  readonly der: Buffer | undefined
}

export interface PemText {
  readonly blocks: readonly PemBlock[]
  /** A block that begins and does not end: the text was cut off. */
  readonly truncated: boolean
}

const BOUNDARY = /^-----(BEGIN|END) ([^\r\n]+?)-----[ \t\r]*$/gm

/**
 * Lines end with a line feed, to OpenSSL and so to Node, libpq and Python: a file of an old Mac, with carriage returns alone, is one line to
 * them, and not one certificate of it is loaded. `^` and `$` would let a carriage return pass.
 */
const isWholeLine = ({ 0: { length }, index, input }: RegExpExecArray): boolean =>
  (index === 0 || input[index - 1] === '\n') && (index + length === input.length || input[index + length] === '\n')

/** An empty line behind others. To OpenSSL it ends RFC 1421's headers, so that what stands before it is no base64. */
const EMPTY_LINE = /\S[ \t]*\n[ \t]*\n/

/** Base64 with nothing else in it but white space. RFC 1421 headers (`Proc-Type: …`) make a body undecodable: certificates have none. */
function decode(body: string): Buffer | undefined {
  if (EMPTY_LINE.test(body)) return undefined
  const text = body.replace(/\s+/g, '')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const der = Buffer.from(text, 'base64')
  // What is no base64 is passed over by Buffer, and then missing; but it takes the alphabet of URLs as well.
  const isBase64 = text.length > padding && text.length % 4 === 0 && der.length === (text.length / 4) * 3 - padding
  return isBase64 && !/[-_]/.test(text) ? der : undefined
}

/** A UTF-8 byte order mark, decoded or as latin1. OpenSSL 3 reads over it; left in, it would hide the first boundary. */
const BYTE_ORDER_MARK = /^(?:\ufeff|\u00ef\u00bb\u00bf)/

/** Splits a PEM text. Leading text, comments between blocks, CRLF and a missing last newline are all fine. Never throws. */
export function readPem(text: string): PemText {
  const blocks: PemBlock[] = []
  let open: { readonly label: string; readonly start: number } | undefined
  let truncated = false
  for (const match of text.replace(BYTE_ORDER_MARK, '').replace(/\r\n/g, '\n').matchAll(BOUNDARY)) {
    if (!isWholeLine(match)) continue
    const [boundary, kind, label = ''] = match
    if (kind === 'BEGIN') {
      truncated ||= open !== undefined
      open = { label, start: match.index + boundary.length }
    } else if (open) {
      if (open.label === label) blocks.push({ label, der: decode(match.input.slice(open.start, match.index)) })
      else truncated = true
      open = undefined
    }
  }
  return { blocks, truncated: truncated || open !== undefined }
}

/** OpenSSL reads all three as certificates. `TRUSTED` has trust settings after the certificate. */
const CERTIFICATE_LABELS = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'])

export const isCertificateBlock = ({ label }: PemBlock): boolean => CERTIFICATE_LABELS.has(label)
