import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'

import { CannotServe } from '../servers/cannot-serve.ts'
import { writeWholeFile } from '../servers/whole-file.ts'

/** A certificate and the private key that belongs to it, both PEM. */
export interface CertifiedKey {
  readonly certificatePem: string
  readonly keyPem: string
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/
const PRIVATE_KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/

/**
 * The certified key that this file keeps, or, where there is no such file, a newly made one, which is then kept there (0600).
 * A file that holds something else is not overwritten: throws {@link CannotServe} (`PKI_UNUSABLE`).
 */
export async function keptCertifiedKey(file: string, make: () => Promise<CertifiedKey>): Promise<CertifiedKey> {
  const kept = await readKept(file)
  if (kept) return kept
  const made = await make()
  await writeWholeFile(file, made.certificatePem + made.keyPem)
  return made
}

/** Undefined when there is no such file. */
export async function readKept(file: string): Promise<CertifiedKey | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const certificatePem = CERTIFICATE.exec(text)?.[0]
  const keyPem = PRIVATE_KEY.exec(text)?.[0]
  if (!certificatePem || !keyPem || !belongTogether(certificatePem, keyPem)) {
    throw new CannotServe(
      'PKI_UNUSABLE',
      `The rehearsal keeps a certificate and its key in ${file}, and that file holds something else now. Nothing was changed. Start over with --reset, which makes a new PKI.`,
    )
  }
  return { certificatePem, keyPem }
}

function belongTogether(certificatePem: string, keyPem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem))
  } catch {
    return false
  }
}
