import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command-line OpenSSL, another version of it than Node's. Empty when this machine has none. */
export const OPENSSL = ['/usr/bin/openssl', '/opt/homebrew/bin/openssl'].find((path) => existsSync(path)) ?? ''

/** Runs `openssl` and gives what it printed, whatever its exit code. */
export const openssl = (...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> =>
  new Promise((resolve) => {
    const child = execFile(OPENSSL, [...args], { env: { PATH: process.env['PATH'] } }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, said: stdout + stderr }),
    )
    child.stdin?.end()
  })

/** Whether `openssl s_client` accepts a PostgreSQL server's certificate at security level 2. */
export async function opensslAccepts(question: {
  readonly host: string
  readonly port: number
  readonly roots: readonly string[]
}): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'openssl-'))
  try {
    const file = join(directory, 'roots.pem')
    await writeFile(file, question.roots.join('\n'))
    const name = isIP(question.host) === 0 ? ['-verify_hostname', question.host] : ['-verify_ip', question.host]
    const store = ['-CAfile', file, '-no-CApath', '-no-CAstore']
    const { code, said } = await openssl(
      's_client',
      '-starttls',
      'postgres',
      '-connect',
      `127.0.0.1:${question.port}`,
      '-verify_return_error',
      '-auth_level',
      '2',
      ...store,
      ...name,
    )
    return code === 0 && said.includes('Verify return code: 0 (ok)')
  } finally {
    await rm(directory, { recursive: true })
  }
}
