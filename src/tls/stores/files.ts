import { constants } from 'node:fs'
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { CannotReadStore } from '../../ports/trust-stores.ts'

/** One file of a trust store. */
export interface StoreFile {
  readonly path: string
  readonly bytes: Buffer
  /** The permission bits. */
  readonly mode: number
}

/** Debian's whole `ca-certificates.crt` has 220 kB. */
export const MAX_BYTES = 16_000_000
const MAX_FILES = 5_000

const EXPLAIN: Readonly<Record<string, string>> = {
  ENOENT: 'there is nothing at that path on this machine',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory: declare it with kind: directory',
  ENOTDIR: 'it is no directory: declare it with kind: pem',
  ELOOP: 'its links lead in a circle',
}

/** Whatever the file system says, as the port's error. */
export function cannotRead(path: string, error: unknown): CannotReadStore {
  if (error instanceof CannotReadStore) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_READ'
  return new CannotReadStore(
    code,
    `The trust store ${path} cannot be read (${code}): ${EXPLAIN[code] ?? 'see the code'}.`,
    { cause: error },
  )
}

/** Opens what is no pipe and no device: reading those may never end, and nothing could interrupt it. Throws {@link CannotReadStore}. */
export async function openStoreFile(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const found = await handle.stat()
  if (found.isFile() || found.isDirectory()) return handle
  await handle.close()
  throw notAFile(path)
}

/** For what has no end, or none that can be waited for. */
export const notAFile = (path: string): CannotReadStore =>
  new CannotReadStore(
    'NOT_A_FILE',
    `The trust store ${path} is no file but a pipe, a socket or a device. Declare the file that the application loads; for what a command prints, declare kind: command.`,
  )

/** Reads a file that is no larger than a trust store can be. Throws {@link CannotReadStore}. */
export async function readStoreFile(path: string, signal?: AbortSignal): Promise<StoreFile> {
  try {
    const handle = await openStoreFile(path)
    try {
      const { mode, size } = await handle.stat()
      if (size > MAX_BYTES)
        throw new CannotReadStore('TOO_LARGE', `The trust store ${path} has ${size} bytes: that is no trust store.`)
      return { path, bytes: await handle.readFile({ ...(signal && { signal }) }), mode: mode & 0o7777 }
    } finally {
      await handle.close()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw cannotRead(path, error)
  }
}

/** The names by which OpenSSL finds certificates in a directory: the hash of the subject and a counter. */
export const HASHED_NAME = /^([0-9a-f]{8})\.\d+$/
const EXTENSIONS = new Set(['.pem', '.crt', '.cer', '.ca-bundle'])

/** The certificate files of a directory: hashed names, and the usual endings. Links are followed; sub-directories are not read. */
export async function certificateFilesIn(directory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directory)
    const wanted = names.filter((name) => HASHED_NAME.test(name) || EXTENSIONS.has(extname(name).toLowerCase())).sort()
    if (wanted.length > MAX_FILES)
      throw new CannotReadStore(
        'TOO_LARGE',
        `The trust store ${directory} has ${wanted.length} files: that is no trust store.`,
      )
    return wanted.map((name) => join(directory, name))
  } catch (error) {
    throw cannotRead(directory, error)
  }
}

export async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o7777
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** Whether a folder is a certificate database of NSS (Firefox, curl on some systems), old or new. */
export async function isNssDatabase(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch((): string[] => [])
  return names.includes('cert9.db') || names.includes('cert8.db')
}
