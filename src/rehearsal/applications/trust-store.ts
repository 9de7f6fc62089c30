import { readFile } from 'node:fs/promises'

import type { ApplicationTemper } from '../data-plane.ts'
import type { TlsUse } from './session.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/

/**
 * How an application of this temper connects now. Its trust store is read each time, so that it sees an update without a restart. An
 * application with a stale store is no different from one that verifies: only its file is old. Throws when the file cannot be read or
 * holds no certificate, which Node would take for "trust the public authorities".
 */
export async function tlsUseOf(temper: ApplicationTemper, trustStore: string | undefined): Promise<TlsUse> {
  if (temper === 'plain') return { kind: 'plain' }
  if (temper === 'does-not-verify') return { kind: 'unverified' }
  if (trustStore === undefined) throw new Error('it verifies, and has no trust store')
  const roots = await readFile(trustStore, 'utf8')
  if (!CERTIFICATE.test(roots)) throw new Error(`its trust store ${trustStore} holds no certificate`)
  return { kind: 'verified', roots }
}
