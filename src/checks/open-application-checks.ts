import { lookup } from 'node:dns/promises'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplicationChecks, CheckQuestion, CheckResult } from '../ports/application-checks.ts'
import { OutputTail } from '../programs/output-tail.ts'
import { redact, secretsOf } from '../programs/redact.ts'
import { runProgram } from '../programs/run-program.ts'

const DEFAULT_TIMEOUT = 30_000
/** More than is shown, so that a secret that is cut in two at the start of what is shown is still whole when it is looked for. */
const KEPT_BYTES = 64_000
const SHOWN_CHARACTERS = 2_000

/** The roots as a file of its own, while `use` lasts. */
async function withBundle<Result>(
  bundle: CheckQuestion['bundle'],
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  if ('file' in bundle) return use(bundle.file)
  const folder = await mkdtemp(join(tmpdir(), 'rds-ca-bundle-'))
  try {
    const file = join(folder, 'bundle.pem')
    await writeFile(file, bundle.roots.join('\n'))
    return await use(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Applications' own checks, run on this machine with the environment of this program. */
export function openApplicationChecks({
  environment = process.env,
}: { readonly environment?: NodeJS.ProcessEnv } = {}): ApplicationChecks {
  const run = async ({ check, host, port, signal }: CheckQuestion, bundle: string): Promise<CheckResult> => {
    const begun = performance.now()
    const tail = new OutputTail(KEPT_BYTES)
    const keep = (chunk: Buffer): void => tail.add(chunk)
    const ended = await runProgram(
      {
        argv: check.argv,
        shell: check.shell,
        environment: { ...environment, RDS_CA_HOST: host, RDS_CA_PORT: String(port), RDS_CA_BUNDLE: bundle },
        timeout: check.timeout ?? DEFAULT_TIMEOUT,
        signal,
      },
      { stdout: keep, stderr: keep },
    )
    const output = redact(tail.text(), secretsOf(environment)).trim().slice(-SHOWN_CHARACTERS)
    return { ...ended, output, ms: performance.now() - begun }
  }
  return {
    run: (question) => withBundle(question.bundle, (file) => run(question, file)),
    async addressOf(host) {
      // An address is its own name, and no other.
      if (isIP(host) !== 0) return undefined
      return lookup(host).then(
        ({ address }) => address,
        () => undefined,
      )
    },
  }
}
