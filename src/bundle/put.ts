import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { saveFile } from '../tls/save-file.ts'
import { BundleUnusable } from './bundle-unusable.ts'
import { digestAt, digestOf } from './digest.ts'
import type { Contents } from './formats.ts'
import { saveDirectory } from './save-directory.ts'
import type { Written } from './written.ts'

export interface PutOptions {
  /** Replace what was not written here, too. */
  readonly force: boolean
  readonly written: Written
}

/** Certificates are public, and applications run as other users than whoever writes them. */
const MODES = { directory: 0o755, file: 0o644 }

/** A link stays a link: what it leads to is replaced. */
async function placeOf(path: string): Promise<string> {
  const place = resolve(path)
  const link = await lstat(place).catch(() => undefined)
  return link?.isSymbolicLink() ? realpath(place).catch(() => place) : place
}

/** A directory is not made on the way: a misspelt path would come true, with permissions that nobody chose. */
async function demandParent(place: string): Promise<void> {
  const parent = dirname(place)
  const there = await stat(parent).catch(() => undefined)
  if (there?.isDirectory()) return
  throw new BundleUnusable(
    `There is no directory ${parent}: make it first, with the permissions that its readers need. Nothing was written.`,
  )
}

/** Whether a directory holds only what one of ours would: to replace one is to delete all that is in it. */
async function holdsOnlyCertificates(place: string): Promise<boolean> {
  const entries = await readdir(place, { withFileTypes: true })
  return entries.every((entry) => entry.isFile() && /^[0-9a-f]{8}\.\d+$|\.(?:pem|crt|cer)$/.test(entry.name))
}

async function demandLeave(path: string, place: string, contents: Contents, there: string, options: PutOptions) {
  const isDirectory = there.startsWith('directory:')
  if (isDirectory !== (contents.kind === 'directory'))
    throw new BundleUnusable(
      isDirectory
        ? `${path} is a directory, and one file is to be written. It is as it was: choose another --out.`
        : `${path} is a file, and a directory is to be written. It is as it was: choose another --out.`,
    )
  if (await options.written.is(place, there)) return
  if (!options.force)
    throw new BundleUnusable(
      `${path} is there already, and is not what this program wrote there last. It is as it was: choose another --out, or replace it with --force.`,
    )
  if (isDirectory && !(await holdsOnlyCertificates(place)))
    throw new BundleUnusable(
      `${path} holds other things than certificate files, and to replace a directory would delete them: not even --force does that. Choose another --out.`,
    )
}

/** What became of it. `unchanged`: exactly that was there already. */
export type Put = 'written' | 'replaced' | 'unchanged'

/**
 * Puts contents in their place whole or not at all. What is there and was not written here is left alone unless forced.
 * Throws {@link BundleUnusable}; what was there before is then as it was.
 */
export async function put(path: string, contents: Contents, options: PutOptions): Promise<Put> {
  try {
    const place = await placeOf(path)
    await demandParent(place)
    const wanted = digestOf(contents)
    const there = await digestAt(place)
    if (there !== wanted) {
      if (there !== undefined) await demandLeave(path, place, contents, there, options)
      if (contents.kind === 'file') await saveFile(place, contents.bytes, MODES.file)
      else await saveDirectory(place, contents.files, MODES)
    }
    await options.written.remember(place, wanted)
    return there === undefined ? 'written' : there === wanted ? 'unchanged' : 'replaced'
  } catch (error) {
    if (error instanceof BundleUnusable || !(error instanceof Error && 'code' in error)) throw error
    throw new BundleUnusable(
      `${path} could not be written (${String(error.code)}): ${error.message}. What was there before is as it was.`,
      { cause: error },
    )
  }
}
