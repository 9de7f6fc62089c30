import type { ApplicationChecks, CheckQuestion, CheckResult } from '../ports/application-checks.ts'
import { OutputTail } from '../programs/output-tail.ts'
import { redact, secretsOf } from '../programs/redact.ts'
import { runProgram } from '../programs/run-program.ts'

const DEFAULT_TIMEOUT = 30_000
/** More than is shown, so that a secret that is cut in two at the start of what is shown is still whole when it is looked for. */
const KEPT_BYTES = 64_000
const SHOWN_CHARACTERS = 2_000

/** Applications' own checks, run on this machine with the environment of this program. */
export function openApplicationChecks({
  environment = process.env,
}: { readonly environment?: NodeJS.ProcessEnv } = {}): ApplicationChecks {
  return {
    async run({ check, host, port, bundleFile, signal }: CheckQuestion): Promise<CheckResult> {
      const begun = performance.now()
      const tail = new OutputTail(KEPT_BYTES)
      const keep = (chunk: Buffer): void => tail.add(chunk)
      const ended = await runProgram(
        {
          argv: check.argv,
          shell: check.shell,
          environment: { ...environment, RDS_CA_HOST: host, RDS_CA_PORT: String(port), RDS_CA_BUNDLE: bundleFile },
          timeout: check.timeout ?? DEFAULT_TIMEOUT,
          signal,
        },
        { stdout: keep, stderr: keep },
      )
      const output = redact(tail.text(), secretsOf(environment)).trim().slice(-SHOWN_CHARACTERS)
      return { ...ended, output, ms: performance.now() - begun }
    },
  }
}
