import { readlink } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { CannotReadStore } from '../../ports/trust-stores.ts'
import { readStoreFile } from './files.ts'
import { within } from './within.ts'

const VARIABLE = 'NODE_EXTRA_CA_CERTS'

const notThere = (where: string, why: string): CannotReadStore =>
  new CannotReadStore('NOT_THERE', `${VARIABLE} is not set in ${where}${why}`)

/** As dotenv, systemd's EnvironmentFile and `docker --env-file` write them: NAME=VALUE, perhaps exported, perhaps quoted. */
function valueIn(text: string): string | undefined {
  const lines = text.split(/\r?\n/).map((line) => /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line))
  const value = lines.findLast((match) => match?.[1] === VARIABLE)?.[2]
  return value === undefined ? undefined : value.replace(/^(["'])(.*)\1$/, '$2')
}

/** The file that a file of variables names for Node. Throws {@link CannotReadStore}. */
export async function extraCertsOfFile(file: string, signal?: AbortSignal): Promise<string> {
  const value = valueIn((await readStoreFile(file, signal)).bytes.toString('utf8'))
  if (!value) throw notThere(file, ': Node adds no certificates to its own, which hold no root of RDS.')
  if (isAbsolute(value)) return value
  throw new CannotReadStore(
    'AMBIGUOUS',
    `${VARIABLE} in ${file} is ${value}, which is relative to wherever the application is started. Declare the file itself, with kind: pem.`,
  )
}

/**
 * The file that a running process was given for Node, as this machine reaches it: the process may be in a container. Linux only.
 * Throws {@link CannotReadStore}.
 */
export async function extraCertsOfProcess(pid: number, signal?: AbortSignal): Promise<string> {
  const process = join('/proc', String(pid))
  const environment = (await readStoreFile(join(process, 'environ'), signal)).bytes.toString('utf8')
  const value = environment
    .split('\0')
    .find((each) => each.startsWith(`${VARIABLE}=`))
    ?.slice(VARIABLE.length + 1)
  if (!value) throw notThere(`process ${pid}`, ': Node adds no certificates to its own, which hold no root of RDS.')
  const cwd = isAbsolute(value) ? '/' : await readlink(join(process, 'cwd'))
  return within(join(process, 'root'), resolve(cwd, value))
}
