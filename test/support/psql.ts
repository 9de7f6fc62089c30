import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The stock client that decides what libpq does. Empty when this machine has none. */
export const PSQL =
  ['/usr/bin/psql', '/usr/local/bin/psql', '/opt/homebrew/bin/psql'].find((path) => existsSync(path)) ?? ''

export interface PsqlVerdict {
  /** Whether psql took the certificate: it then goes on to log in. */
  readonly accepted: boolean
  readonly said: string
}

/** What `psql` says to a server's certificate. Nothing of this machine's own PostgreSQL settings is used. */
export async function psqlVerdict(question: {
  readonly host: string
  readonly port: number
  readonly roots: readonly string[]
  readonly mode?: 'verify-full' | 'verify-ca'
}): Promise<PsqlVerdict> {
  const directory = await mkdtemp(join(tmpdir(), 'psql-'))
  try {
    const file = join(directory, 'roots.pem')
    await writeFile(file, question.roots.join('\n'))
    const settings = [
      `host=${question.host}`,
      'hostaddr=127.0.0.1',
      `port=${question.port}`,
      `sslmode=${question.mode ?? 'verify-full'}`,
      `sslrootcert=${file}`,
      'gssencmode=disable',
      'user=nobody dbname=nobody connect_timeout=20',
    ].join(' ')
    const said = await new Promise<string>((resolve) => {
      execFile(
        PSQL,
        ['-X', '-w', '-c', 'select 1', settings],
        { env: { PATH: process.env['PATH'], HOME: directory, LC_ALL: 'C' } },
        (_, stdout, stderr) => resolve(stdout + stderr),
      )
    })
    return { accepted: said.includes('this server only shows its certificate'), said }
  } finally {
    await rm(directory, { recursive: true })
  }
}
