// Brings a fresh clone to where the program can run, and does only what is needed later. Plain JavaScript that Node 20 can run,
// without a dependency: it is what installs them.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(ROOT, ...parts)

/** The pinned Node: ink and conf need 22 or newer, and a machine may have only 20. */
export const NODE = at('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const STAMP = at('node_modules', '.set-up')

/** Runs a program with its output on stderr, so that stdout stays the program's own. Rejects with what failed. */
function run(what, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
    child.on('error', (error) => reject(new Error(`${what}: ${command} could not be started: ${error.message}`)))
    child.on('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${what} failed (${signal ?? `exit code ${code}`}); its output is above`)),
    )
  })
}

const lockDigest = () =>
  createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')

function installed() {
  try {
    return readFileSync(STAMP, 'utf8') === lockDigest() && existsSync(NODE)
  } catch {
    return false
  }
}

/** Installs exactly what the lock file names, when it has not been done for this lock file. */
async function install() {
  if (installed()) return
  process.stderr.write('Installing the dependencies that package-lock.json names …\n')
  await run('npm ci', 'npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'])
  if (!existsSync(NODE))
    throw new Error('npm ci ended well, and the pinned Node is not there: run "npm ci" by hand and read its output')
  writeFileSync(STAMP, lockDigest())
}

/** The newest change below a folder, in ms since 1970. */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  // The folder's own time counts too: it tells of files that were taken away.
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs)
}

const SOURCES = ['src', 'steps', 'scripts/build.js', 'package-lock.json']

/** Builds dist/ when a source is newer than it. */
async function build() {
  const built = at('dist', 'main.js')
  if (existsSync(built) && Math.max(...SOURCES.map((one) => newest(at(one)))) <= statSync(built).mtimeMs) return
  await run('The build', NODE, [at('scripts', 'build.js')])
}

/** Installs and builds, as far as that is needed. */
export async function setUp() {
  await install()
  await build()
}

/** Runs a program in our place: terminal and exit code are passed on. Resolves to the exit code. */
export function become(command, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: process.cwd(), stdio: 'inherit', env })
    // The terminal sends these to the whole group: the child decides, and we wait for it.
    for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {})
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)))
  })
}

/** Ends the script with a sentence when set-up fails. */
export async function orSay(promise) {
  try {
    return await promise
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}
