import { calledBy } from '../../rules/step.ts'
import type { Session } from '../../ui/session.ts'
import type { TogetherStop } from '../../runner/together.ts'
import { appliedSays } from '../../ui/view/applied-says.ts'
import { inOneLine } from '../../ui/view/said.ts'
import { stopSays } from '../../ui/view/stop-says.ts'
import { exitOf } from '../drive/worst.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'

/** Why it went no further: lines for a person, and the exit code. */
export function stopSaid(
  session: Session,
  stop: TogetherStop,
): { readonly lines: readonly string[]; readonly code: ExitCode } {
  switch (stop.kind) {
    case 'done':
      return { lines: [], code: EXIT.done }
    case 'halted':
      return {
        lines: ['Halted: nothing more was begun. → When it is settled: rds-ca-runbook wave resume.'],
        code: EXIT.closed,
      }
    case 'stopped': {
      const { desk, why } = stop
      const name = calledBy(desk.about)
      const rest = 'Nothing more was begun. → See to it in the wizard, then go on: what is done stays done.'
      if (why.kind === 'stop') {
        const said = inOneLine(stopSays(session.runbook, why.stop))
        return { lines: [`Stopped at ${name}: ${said}`, rest], code: exitOf(why.stop) }
      }
      const assessment = desk.assess()
      const { title, state, reasons } = appliedSays(session.runbook, assessment.next ?? '', why.applied, assessment)
      const refused = why.applied.kind === 'answered' ? EXIT.unreachable : EXIT.closed
      return {
        lines: [`Stopped at ${name}: ${title}. ${state}`, ...reasons.map((one) => `    ${inOneLine(one)}`), rest],
        code: refused,
      }
    }
  }
}
