import type { Checked, Store, Target, Waits } from '../check/checked.ts'
import { captureTarget, checkedBy, look, questionOf } from '../check/look.ts'
import { diagnoseUnreached } from '../check/diagnose.ts'
import { report, unreachedReport, waitingReport } from '../check/report.ts'
import { reportJson, unreachedJson, waitingJson } from '../check/report-json.ts'
import { NoStore, storeFor } from '../check/store.ts'
import { targetOf, UnclearTarget } from '../check/target.ts'
import { endpointOf, openHandshakes, type Handshakes } from '../manners/handshakes.ts'
import { HANDSHAKE_LIMITS } from '../manners/limits.ts'
import { askedOf } from '../manners/saved-capture.ts'
import { CannotReach, HandshakesWait, type WireEngine } from '../ports/wire.ts'
import type { Capture } from '../tls/capture.ts'
import { terminalOf } from '../ui/terminal.ts'
import { asciiOnly } from '../ui/view/ascii.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { interruptedLooking, OperatorError } from './operator-error.ts'
import { stateDirectory } from './state-directory.ts'

export interface CheckFlags {
  readonly stateDir?: string
  readonly engine?: WireEngine
  readonly bundle?: string
  readonly trustStore?: string
  readonly crl?: string
  readonly name?: string
  readonly address?: string
  readonly directTls?: boolean
  readonly json?: boolean
  readonly onceMore?: boolean
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

/** OpenSSL's verdict is about the store that it was asked with: for another one, ours is taken in its place, and the report says so. */
function asJudgedByUs(capture: Capture, target: Target, store: Store): Capture {
  const { served } = capture.captured
  const yes = checkedBy({ ...capture, captured: { served, openssl: { authorized: true } } }, target, store)
  const passes = yes.proof.chain.passed && yes.proof.dates.passed
  return passes
    ? { ...capture, captured: { served, openssl: { authorized: true } } }
    : { ...capture, captured: { served, openssl: { authorized: false, refusal: 'UNSPECIFIED' } } }
}

/** The chain captured last, where no handshake may be made now; undefined where there is none. */
function earlier(target: Target, store: Store, handshakes: Handshakes, wait: HandshakesWait): Checked | undefined {
  const kept = handshakes.kept(endpointOf(target))
  if (!kept) return undefined
  const { why, until } = wait
  const oneJudge = kept.asked !== askedOf(questionOf(target, store))
  const { capture } = kept
  const judged = oneJudge ? asJudgedByUs(capture, target, store) : capture
  return {
    ...checkedBy(judged, target, store),
    handshakes: kept.handshakes,
    waits: { why, until, oneJudge, more: handshakes.allowsMore(endpointOf(target)) },
  }
}

/** One look, with manners: where handshakes are counted, none is made that an hour has no room for. */
async function lookPolitely(
  target: Target,
  store: Store,
  flags: CheckFlags,
  signal: AbortSignal,
): Promise<Checked | Waits> {
  const options = { now: Date.now, signal }
  if (target.engine !== 'mysql') return look(target, store, options)
  const { handshakes: directory } = stateDirectory(flags.stateDir)
  const handshakes = openHandshakes({ directory, limits: HANDSHAKE_LIMITS, now: Date.now })
  const endpoint = endpointOf(target)
  if (flags.onceMore) await handshakes.onceMore(endpoint)
  try {
    const question = questionOf(target, store, signal)
    const looked = await handshakes.anonymous(question, () => captureTarget(target, store, options))
    return { ...checkedBy(looked.capture, target, store), handshakes: looked.handshakes }
  } catch (error) {
    if (!(error instanceof HandshakesWait)) throw error
    const { why, until } = error
    return (
      earlier(target, store, handshakes, error) ?? {
        why,
        until,
        oneJudge: false,
        more: handshakes.allowsMore(endpoint),
      }
    )
  }
}

function tell(checked: Checked | Waits, target: Target, json: boolean, width: number): ExitCode {
  const put = (value: object): boolean => process.stdout.write(`${JSON.stringify(value)}\n`)
  if (!('proof' in checked)) {
    if (json) put(waitingJson(target, checked))
    else print(waitingReport(target, checked, width))
    return EXIT.closed
  }
  if (json) put(reportJson(checked))
  else print(report(checked, width))
  // However well an earlier chain passes, it was not looked at what is served now.
  if (checked.waits) return EXIT.closed
  return checked.proof.strict ? EXIT.done : EXIT.notProven
}

/** `check`: one anonymous handshake with an endpoint, and all that it proves. Needs no credentials; saves nothing but the count on MySQL. */
export async function check(endpoint: string, flags: CheckFlags, signal: AbortSignal): Promise<ExitCode> {
  const width = Math.max(NARROWEST, Math.min(WIDEST, process.stdout.columns ?? 80))
  try {
    const target = targetOf(endpoint, flags)
    const store = await storeFor(target, flags, { bundles: stateDirectory(flags.stateDir).bundles, now: Date.now })
    try {
      return tell(await lookPolitely(target, store, flags, signal), target, flags.json === true, width)
    } catch (error) {
      if (signal.aborted || !(error instanceof CannotReach)) throw error
      const failure = diagnoseUnreached(target, error)
      if (flags.json) process.stdout.write(`${JSON.stringify(unreachedJson(target, failure))}\n`)
      else print(unreachedReport(target, failure, width))
      return EXIT.unreachable
    }
  } catch (error) {
    if (signal.aborted) throw interruptedLooking(error)
    throw usage(error)
  }
}
