import type { Position } from '../../rules/position.ts'
import type { Stop } from '../../runner/advance.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'

const UNREACHABLE = new Set(['permission', 'cannot-ask', 'cannot-reach', 'cannot-fetch', 'cannot-log-in'])

/** A change that hangs has not settled in the stated time; what waits for its window, or for its turn, is where it should be. */
const WHERE_THEY_SHOULD_BE = new Set(['waiting-for-window', 'armed', 'handshakes-spent', 'handshakes-blocked'])

/** Whether the last look failed at AWS or the network. */
const couldNotLook = ({ attempt }: Position): boolean => attempt !== undefined && UNREACHABLE.has(attempt.reason.code)

/** The exit code that a stop comes to. */
export function exitOf(stop: Stop): ExitCode {
  switch (stop.kind) {
    case 'done':
      return EXIT.done
    case 'confirm':
    case 'closed':
      return EXIT.closed
    case 'waiting':
      if (couldNotLook(stop.position)) return EXIT.unreachable
      return WHERE_THEY_SHOULD_BE.has(stop.position.reason?.code ?? '') ? EXIT.closed : EXIT.notProven
    case 'unanswered':
      return EXIT.notProven
    case 'unobserved':
      return UNREACHABLE.has(stop.failure.reason.code) ? EXIT.unreachable : EXIT.notProven
    case 'short':
      return stop.position.standing === 'cannot-look' && couldNotLook(stop.position) ? EXIT.unreachable : EXIT.notProven
  }
}

/** Of several exit codes, the one that says most: could not reach, then not proven, then closed. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [EXIT.unreachable, EXIT.notProven, EXIT.closed, EXIT.done]
  return order.find((code) => codes.includes(code)) ?? EXIT.done
}
