import { X509Certificate } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { Pki } from '../data-plane.ts'
import { wholeSeconds } from './amazon-names.ts'
import { certificateMaker } from './certificate-maker.ts'
import { keptCertifiedKey, readKept } from './certified-key.ts'

const DAY = 86_400_000
const LEAF_LIFE = 397 * DAY
/** A certificate that ends sooner than this is made anew at the next start. */
const RENEWED_BEFORE_END = 30 * DAY

const name = (commonName: string) => [{ O: 'rds-ca-runbook rehearsal' }, { CN: commonName }]

/**
 * The certificate of the bundle's HTTPS server on loopback, and the authority that vouches for it, kept in `pkiDirectory`. The authority
 * is no database CA and stands in no bundle: whoever fetches must be told to trust it, as a real machine trusts public authorities.
 */
export async function httpsCertificate(pkiDirectory: string): ReturnType<Pki['https']> {
  const ca = await keptCertifiedKey(join(pkiDirectory, 'https.ca.pem'), async () => {
    const now = Date.now()
    const validity = { validFrom: wholeSeconds(now - DAY), validTill: wholeSeconds(now + 3650 * DAY) }
    return (await certificateMaker()).makeRoot(name('HTTPS CA of this rehearsal'), 'p256', validity)
  })
  const file = join(pkiDirectory, 'https.pem')
  const kept = await readKept(file)
  if (kept && Date.parse(new X509Certificate(kept.certificatePem).validTo) < Date.now() + RENEWED_BEFORE_END)
    await rm(file)
  const leaf = await keptCertifiedKey(file, async () =>
    (await certificateMaker()).makeLeaf(ca, 'p256', {
      subject: name('localhost'),
      names: [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ],
      life: LEAF_LIFE,
    }),
  )
  return { keyPem: leaf.keyPem, certPem: leaf.certificatePem, caPem: ca.certificatePem }
}
