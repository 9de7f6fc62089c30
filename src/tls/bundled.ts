import type { BundledCertificate } from '../ports/bundles.ts'
import { BrokenCertificate, readCertificate, type Certificate } from './certificate.ts'
import { TAG, readAt } from './der.ts'
import { describe } from './describe.ts'
import { isSelfIssuedAnchor } from './issuance.ts'
import { isCertificateBlock, readPem, type PemBlock } from './pem.ts'
import { RecentlyUsed } from './recently-used.ts'

/** The certificates of a PEM text, and what in it is no certificate. */
export interface ReadBundle {
  readonly certificates: readonly Certificate[]
  /** Blocks that say that they are certificates and cannot be read. */
  readonly unreadable: number
  readonly truncated: boolean
  readonly hasPrivateKey: boolean
}

/** How a certificate is read: as OpenSSL reads it too, or as those of a trust store. */
export type ReadDer = (der: Buffer) => Certificate

/** Undefined: it cannot be read. A `TRUSTED CERTIFICATE` has OpenSSL's trust settings after the certificate: they are cut off. */
export function certificateIn({ der }: PemBlock, read: ReadDer = readCertificate): Certificate | undefined {
  try {
    return der && der[0] === TAG.sequence ? read(readAt(der, 0).raw) : undefined
  } catch (error) {
    if (error instanceof BrokenCertificate || error instanceof Error) return undefined
    throw error
  }
}

/** Reads every certificate of a PEM text, duplicates too, in order. Never throws. */
export function readBundle(text: string, readDer: ReadDer = readCertificate): ReadBundle {
  const { blocks, truncated } = readPem(text)
  const read = blocks.filter(isCertificateBlock).map((block) => certificateIn(block, readDer))
  const certificates = read.filter((certificate) => certificate !== undefined)
  return {
    certificates,
    unreadable: read.length - certificates.length,
    truncated,
    hasPrivateKey: blocks.some(({ label }) => label.endsWith('PRIVATE KEY')),
  }
}

/** Amazon's roots name their Region. `Beta` and `Preview` roots are those of Amazon's own test environments. */
const ROOT_NAME =
  /^Amazon RDS (Beta |Preview )?([a-z]{2}(?:-[a-z]+)+-\d+) Root CA(?: (?:RSA2048|RSA4096|ECC384) G\d+)?$/

const rootName = (certificate: Certificate): RegExpExecArray | null =>
  ROOT_NAME.exec(certificate.subject.commonNames.at(-1)?.toString('utf8') ?? '')

/** Whether it is a root of Amazon's own test environments, which no customer's database has. */
export const isPreview = (certificate: Certificate): boolean => rootName(certificate)?.[1] !== undefined

export function regionOf(certificate: Certificate): string | undefined {
  const name = rootName(certificate)
  return name?.[1] === undefined ? name?.[2] : undefined
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

/** By digest, and not by the object: a weak map of many costs more at each collection than what it keeps. */
const views = new RecentlyUsed<string, BundledCertificate>(2_048)

/** A certificate as ports show it. Its PEM is made when it is first asked for: of most, nobody ever does. */
export const bundled = (certificate: Certificate): BundledCertificate =>
  views.get(certificate.sha256, () => {
    const region = regionOf(certificate)
    return {
      ...describe(certificate),
      get pem() {
        return pemOf(certificate.der)
      },
      selfSigned: isSelfIssuedAnchor(certificate),
      ...(region !== undefined && { region }),
    }
  })
