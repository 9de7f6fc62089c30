import { hash } from 'node:crypto'
import type { CertificateSeen } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import type { Certificate } from './certificate.ts'
import type { GeneralName } from './extensions.ts'

/** A distinguished name on one line: OpenSSL's order, one attribute after the other. */
const oneLine = (name: string | undefined): string => (name ?? '').replaceAll('\n', ', ')

/**
 * Control characters, and quotes that would end a quotation, as `\xNN`: a certificate may hold anything. The backslash before a comma
 * is OpenSSL's own, in the name of Amazon's every CA ("Amazon Web Services\, Inc."): it stays.
 */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}"]|\\(?!,)/gu, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)

/** IPv4 in dotted form; IPv6 in eight groups, as OpenSSL prints it; anything else in hex. */
function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.')
  if (bytes.length !== 16) return `0x${bytes.toString('hex')}`
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':')
}

function nameText(name: GeneralName): string[] {
  if (name.kind === 'dns') return [`DNS:${printable(name.bytes.toString('latin1'))}`]
  if (name.kind === 'ip') return [`IP:${ipText(name.bytes)}`]
  return []
}

/** OpenSSL's own text where a name is not a usual one. */
export const subjectOf = (certificate: Certificate): string =>
  printable(certificate.subject.text ?? oneLine(certificate.x509.subject))
export const issuerOf = (certificate: Certificate): string =>
  printable(certificate.issuer.text ?? oneLine(certificate.x509.issuer))

/** The common name where there is one, else the whole subject: how messages call a certificate. */
export function shortName(certificate: Certificate): string {
  const common = certificate.subject.commonNames.at(-1)
  return common ? printable(common.toString('utf8')) : subjectOf(certificate) || `serial ${certificate.serial}`
}

export const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10)

/** As OpenSSL writes a serial number: without the sign's byte, and zero as one digit. Negative ones are its own affair. */
function serialText(certificate: Certificate): string {
  const { serial } = certificate
  if (/^[89a-f]/.test(serial)) return certificate.x509.serialNumber.toLowerCase()
  const digits = serial.replace(/^(?:00)+/, '')
  return digits === '' ? '0' : digits
}

/** A certificate as ports show it. */
export function describe(certificate: Certificate): CertificateSeen {
  const { der, sha256, extensions } = certificate
  const subject = subjectOf(certificate)
  return {
    subject,
    issuer: certificate.issuer === certificate.subject ? subject : issuerOf(certificate),
    serial: serialText(certificate),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    sha1: hash('sha1', der, 'hex'),
    sha256,
    key: certificate.key.name,
    isCa: extensions.basicConstraints?.ca === true,
    names: (extensions.alternativeNames ?? []).flatMap(nameText),
  }
}

const views = new WeakMap<Certificate, CertificateSeen>()

/** The same, made once for each certificate: those of a server come back with every handshake. */
export function seen(certificate: Certificate): CertificateSeen {
  const view = views.get(certificate) ?? describe(certificate)
  views.set(certificate, view)
  return view
}
