import { look } from '../check/look.ts'
import { diagnoseUnreached } from '../check/diagnose.ts'
import { report, unreachedReport } from '../check/report.ts'
import { reportJson, unreachedJson } from '../check/report-json.ts'
import { NoStore, storeFor } from '../check/store.ts'
import { targetOf, UnclearTarget } from '../check/target.ts'
import { CannotReach, type WireEngine } from '../ports/wire.ts'
import { terminalOf } from '../ui/terminal.ts'
import { asciiOnly } from '../ui/view/ascii.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'
import { stateDirectory } from './state-directory.ts'

export interface CheckFlags {
  readonly stateDir?: string
  readonly engine?: WireEngine
  readonly bundle?: string
  readonly trustStore?: string
  readonly crl?: string
  readonly name?: string
  readonly address?: string
  readonly json?: boolean
}

/** Wider than this, sentences are hard to read. */
const WIDEST = 100
const NARROWEST = 60

function print(lines: readonly string[]): void {
  const { unicode } = terminalOf({ stdin: process.stdin, stdout: process.stdout }, process.env)
  const text = `${lines.join('\n')}\n`
  process.stdout.write(unicode ? text : asciiOnly(text))
}

const usage = (error: unknown): unknown =>
  error instanceof NoStore || error instanceof UnclearTarget
    ? new OperatorError(EXIT.usage, error.message, { cause: error })
    : error

/** `check`: one anonymous handshake with an endpoint, and all that it proves. Needs no credentials and saves nothing. */
export async function check(endpoint: string, flags: CheckFlags, signal: AbortSignal): Promise<ExitCode> {
  const width = Math.max(NARROWEST, Math.min(WIDEST, process.stdout.columns ?? 80))
  try {
    const target = targetOf(endpoint, flags)
    const store = await storeFor(target, flags, { bundles: stateDirectory(flags.stateDir).bundles, now: Date.now })
    try {
      const checked = await look(target, store, { now: Date.now, signal })
      if (flags.json) process.stdout.write(`${JSON.stringify(reportJson(checked))}\n`)
      else print(report(checked, width))
      return checked.proof.strict ? EXIT.done : EXIT.notProven
    } catch (error) {
      if (!(error instanceof CannotReach)) throw error
      const failure = diagnoseUnreached(target, error)
      if (flags.json) process.stdout.write(`${JSON.stringify(unreachedJson(target, failure))}\n`)
      else print(unreachedReport(target, failure, width))
      return EXIT.unreachable
    }
  } catch (error) {
    throw usage(error)
  }
}
