/** A folder for one test file's trust stores, and what reading them comes to. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { CannotReadStore, type TrustStoreLocation, type TrustStoreSeen } from '../../../src/ports/trust-stores.ts'
import { openTrustStores, type TrustStoresOptions } from '../../../src/tls/stores/open-trust-stores.ts'

export const data = (name: string): string => join(import.meta.dirname, '../data', name)

/** The two roots of the key stores in `data`, as PEM, EC first. */
export const [EC, RSA] = readFileSync(data('keytool.pem'), 'latin1').split(/(?<=-----END CERTIFICATE-----\n)/) as [
  string,
  string,
]

export function storeLab(options: Partial<TrustStoresOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'store-lab-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const stores = openTrustStores({ now: Date.now, ...options })
  return {
    directory,
    file(name: string, content: string | Buffer): string {
      const path = join(directory, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content, { mode: 0o644 })
      return path
    },
    read: (location: TrustStoreLocation): Promise<TrustStoreSeen> => stores.read(location),
    async refusal(location: TrustStoreLocation): Promise<CannotReadStore> {
      const seen = await stores.read(location).catch((error: unknown) => error)
      if (seen instanceof CannotReadStore) return seen
      throw new Error(`it was read, or failed otherwise: ${String(seen)}`)
    },
  }
}

export const codes = ({ findings }: TrustStoreSeen): string[] => findings.map(({ code }) => code)
export const keys = ({ certificates }: TrustStoreSeen): string[] => certificates.map(({ key }) => key).sort()
