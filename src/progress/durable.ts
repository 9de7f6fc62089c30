/** Writing to disk so that it is still there after a crash. Synchronous: nothing else of this process comes between the parts. */
import fs from 'node:fs'
import { dirname } from 'node:path'
import { errno } from './unusable.ts'

/** Makes the entries of a directory durable: without it a new file can be gone after a power cut, however well it was fsynced itself. */
export function syncDirectory(directory: string): void {
  // Windows opens no directories, and its file systems journal their entries.
  if (process.platform === 'win32') return
  let descriptor: number | undefined
  try {
    descriptor = fs.openSync(directory, 'r')
    fs.fsyncSync(descriptor)
  } catch (error) {
    if (!CANNOT_BE_SYNCED.has(errno(error) ?? '')) throw error
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor)
  }
}

/** A directory that may be written to but not listed, and file systems that sync none (some network and FUSE ones): no more can be done there. */
const CANNOT_BE_SYNCED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP'])

/** Makes a directory, 0700, with the parents that are missing, durably. */
export function makeDirectory(directory: string): void {
  if (fs.existsSync(directory)) return
  makeDirectory(dirname(directory))
  try {
    fs.mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (errno(error) === 'EEXIST') return
    throw error
  }
  syncDirectory(dirname(directory))
}

/** Writes all of it: one call may write less than it was given, most of all on a disk that is nearly full. */
export function writeAll(descriptor: number, bytes: Uint8Array, position: number | null): void {
  let written = 0
  while (written < bytes.length) {
    written += fs.writeSync(
      descriptor,
      bytes,
      written,
      bytes.length - written,
      position === null ? null : position + written,
    )
  }
}

/** The bytes from an offset up to the end of the file as it is now. */
export function readFrom(descriptor: number, offset: number): Buffer {
  const { size } = fs.fstatSync(descriptor)
  const bytes = Buffer.alloc(Math.max(0, size - offset))
  let read = 0
  while (read < bytes.length) {
    const count = fs.readSync(descriptor, bytes, read, bytes.length - read, offset + read)
    if (count === 0) break
    read += count
  }
  return bytes.subarray(0, read)
}

/** Writes a new file, 0600, in one go and durably: its entry in the directory is the caller's to sync. Removes it again when that fails. */
export function writeNewFile(file: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(file, 'w', 0o600)
  try {
    writeAll(descriptor, bytes, 0)
    fs.fsyncSync(descriptor)
  } catch (error) {
    fs.rmSync(file, { force: true })
    throw error
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Appends to a file, 0600, durably, or throws. */
export function appendToFile(file: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(file, 'a', 0o600)
  try {
    writeAll(descriptor, bytes, null)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
