import type { TogetherStop } from '../../runner/together.ts'
import type { WaveEnd } from '../../ui/waves/run-wave.ts'
import { exitOf } from '../drive/worst.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'

/** The exit code that several which are changed together come to. */
export function exitOfTogether(stop: TogetherStop): ExitCode {
  switch (stop.kind) {
    case 'done':
      return EXIT.done
    case 'halted':
      return EXIT.closed
    case 'stopped':
      if (stop.why.kind === 'stop') return exitOf(stop.why.stop)
      return stop.why.applied.kind === 'answered' ? EXIT.unreachable : EXIT.closed
  }
}

/** The exit code that a run of a wave comes to. */
export function exitOfWave(end: WaveEnd): ExitCode {
  switch (end.kind) {
    case 'over':
      return EXIT.done
    case 'shown':
      return end.surveyed.unready.length > 0 || end.blockers.length > 0 ? EXIT.closed : EXIT.done
    case 'closed':
    case 'unready':
    case 'declined':
      return EXIT.closed
    case 'ran':
      return exitOfTogether(end.stop)
  }
}
