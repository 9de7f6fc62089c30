import { hash } from 'node:crypto'
import {
  CannotReadStore,
  type TrustStoreLocation,
  type TrustStores,
  type TrustStoreSeen,
} from '../ports/trust-stores.ts'
import type { Instant } from '../rules/words.ts'
import { bundled, readBundle, type ReadBundle } from './bundled.ts'
import type { Certificate } from './certificate.ts'
import { certificateFilesIn, modeOf, readStoreFile, type StoreFile } from './store-files.ts'
import { foreignFormat } from './store-format.ts'
import { contentFindings, hashFindings, permissionFindings } from './store-lint.ts'

export interface TrustStoresOptions {
  readonly now: () => Instant
}

/** Order, comments and repetitions do not change a store: its digest is that of its certificates, each once, sorted. */
function digestOf(certificates: readonly Certificate[]): string {
  const digests = [...new Set(certificates.map(({ sha256 }) => sha256))]
  return hash('sha256', digests.sort().join('\n'), 'hex')
}

const readText = ({ bytes }: StoreFile): ReadBundle => readBundle(bytes.toString('latin1'))
const NOTHING = readBundle('')

/** OpenSSL passes over links to nowhere, and so do we. */
async function readIfThere(path: string, signal?: AbortSignal): Promise<StoreFile | undefined> {
  try {
    return await readStoreFile(path, signal)
  } catch (error) {
    if (error instanceof CannotReadStore && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A shell word, quoted only where a POSIX shell needs it. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/** The certificates of a file, and the error where the file is a store of another kind. */
function readPemStore(file: StoreFile): ReadBundle {
  const { path, bytes } = file
  const format = foreignFormat(bytes)
  if (format)
    throw new CannotReadStore(
      'UNSUPPORTED',
      `The trust store ${path} is ${format.name}, which is not read here. Make a PEM file of it with \`${format.convert.replaceAll('FILE', shellWord(path))}\` and declare that.`,
    )
  return readText(file)
}

const merge = (parts: readonly ReadBundle[]): ReadBundle => ({
  certificates: parts.flatMap(({ certificates }) => certificates),
  unreadable: parts.reduce((sum, { unreadable }) => sum + unreadable, 0),
  truncated: parts.some(({ truncated }) => truncated),
  hasPrivateKey: parts.some(({ hasPrivateKey }) => hasPrivateKey),
})

/** Several links to one file are one certificate to OpenSSL: that is how `c_rehash` makes directories. */
function onceEach(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()]
}

/** Trust stores as they lie on this machine: PEM files, and directories of PEM files. */
export function openTrustStores({ now }: TrustStoresOptions): TrustStores {
  const readFile = async (path: string, signal?: AbortSignal): Promise<TrustStoreSeen> => {
    const file = await readStoreFile(path, signal)
    const read = readPemStore(file)
    return {
      location: path,
      sha256: digestOf(read.certificates),
      certificates: read.certificates.map((certificate) => bundled(certificate)),
      findings: [...permissionFindings(path, file.mode), ...contentFindings(read, now())],
    }
  }

  const readDirectory = async (path: string, signal?: AbortSignal): Promise<TrustStoreSeen> => {
    const paths = await certificateFilesIn(path)
    const directoryMode = await modeOf(path)
    const files: { readonly path: string; readonly mode: number; readonly read: ReadBundle }[] = []
    const dangling: string[] = []
    for (const each of paths) {
      const file = await readIfThere(each, signal)
      if (!file) dangling.push(each)
      else files.push({ path: each, mode: file.mode, read: foreignFormat(file.bytes) ? NOTHING : readText(file) })
    }
    const all = merge(files.map(({ read }) => read))
    const read = { ...all, certificates: onceEach(all.certificates) }
    return {
      location: path,
      sha256: digestOf(read.certificates),
      certificates: read.certificates.map((certificate) => bundled(certificate)),
      findings: [
        ...permissionFindings(path, directoryMode),
        ...files.flatMap((file) => permissionFindings(file.path, file.mode)),
        ...dangling.map((each) => ({ code: 'dangling-link', detail: `${each} is a link to nowhere` })),
        ...contentFindings(read, now()),
        ...hashFindings(
          path,
          files.map((file) => ({ path: file.path, certificates: file.read.certificates })),
        ),
      ],
    }
  }

  return {
    read: (location: TrustStoreLocation, signal?: AbortSignal) =>
      location.kind === 'pem' ? readFile(location.path, signal) : readDirectory(location.path, signal),
  }
}
