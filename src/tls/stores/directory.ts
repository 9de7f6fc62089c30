import { CannotReadStore, type StoreFinding } from '../../ports/trust-stores.ts'
import { readBundle, type ReadBundle } from '../bundled.ts'
import { readStoredCertificate, type Certificate } from '../certificate.ts'
import { certificateFilesIn, isNssDatabase, modeOf, readStoreFile, type StoreFile } from './files.ts'
import { foreignFormat } from './foreign-format.ts'
import { hashFindings, permissionFindings, reachableIn } from './lint.ts'
import type { ReadStore } from './read-store.ts'

const NOTHING = readBundle('')

/** What no certificate can be in. OpenSSL passes over it, and so do we; what cannot be read for another reason may hold anything. */
const PASSED_OVER: ReadonlyMap<string, StoreFinding> = new Map([
  ['ENOENT', { code: 'dangling-link', detail: 'is a link to nowhere' }],
  ['ELOOP', { code: 'dangling-link', detail: 'is a link that leads in a circle' }],
  ['EISDIR', { code: 'no-file', detail: 'is a directory' }],
  ['NOT_A_FILE', { code: 'no-file', detail: 'is a pipe, a socket or a device' }],
])

async function readOrPass(path: string, signal?: AbortSignal): Promise<StoreFile | StoreFinding> {
  try {
    return await readStoreFile(path, signal)
  } catch (error) {
    const passed = error instanceof CannotReadStore ? PASSED_OVER.get(error.code) : undefined
    if (!passed) throw error
    return { ...passed, detail: `${path} ${passed.detail}, and is passed over` }
  }
}

const merge = (parts: readonly ReadBundle[]): Omit<ReadBundle, 'certificates'> => ({
  unreadable: parts.reduce((sum, { unreadable }) => sum + unreadable, 0),
  truncated: parts.some(({ truncated }) => truncated),
  hasPrivateKey: parts.some(({ hasPrivateKey }) => hasPrivateKey),
})

/** Several links to one file are one certificate to OpenSSL: that is how `c_rehash` makes directories. */
function onceEach(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()]
}

/** What OpenSSL finds in a directory of PEM files. Throws {@link CannotReadStore}. */
export async function readDirectory(path: string, signal?: AbortSignal): Promise<ReadStore> {
  const paths = await certificateFilesIn(path)
  if (paths.length === 0 && (await isNssDatabase(path)))
    throw new CannotReadStore(
      'UNSUPPORTED',
      `The trust store ${path} is an NSS certificate database, which is not read here. Write out each root with \`certutil -L -d sql:${path} -a -n NICKNAME >> store.pem\` and declare that.`,
    )
  const directoryMode = await modeOf(path)
  const files: { readonly path: string; readonly mode: number; readonly read: ReadBundle }[] = []
  const passedOver: StoreFinding[] = []
  for (const each of paths) {
    const file = await readOrPass(each, signal)
    if ('code' in file) passedOver.push(file)
    else {
      const { mode, bytes } = file
      files.push({
        path: each,
        mode,
        read: foreignFormat(bytes) ? NOTHING : readBundle(bytes.toString('latin1'), readStoredCertificate),
      })
    }
  }
  const held = files.map((file) => ({ path: file.path, certificates: file.read.certificates }))
  return {
    ...merge(files.map(({ read }) => read)),
    certificates: onceEach(reachableIn(held)),
    findings: [
      ...permissionFindings(path, directoryMode),
      ...files.flatMap((file) => permissionFindings(file.path, file.mode)),
      ...passedOver,
      ...hashFindings(path, held),
    ],
  }
}
