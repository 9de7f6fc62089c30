import { calledBy } from '../../rules/step.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import type { TogetherStop } from '../../runner/together.ts'
import { appliedSays } from './applied-says.ts'
import { inOneLine } from './said.ts'
import { stopSays } from './stop-says.ts'

/** Why several that are changed together went no further, as lines; none where all are done. */
export function togetherSays(runbook: PlainRunbook, stop: TogetherStop): readonly string[] {
  switch (stop.kind) {
    case 'done':
      return []
    case 'halted':
      return ['Halted: nothing more was begun. → When it is settled: rds-ca-runbook wave resume.']
    case 'stopped': {
      const { desk, why } = stop
      const name = calledBy(desk.about)
      const rest = 'Nothing more was begun. → See to it in the wizard, then go on: what is done stays done.'
      if (why.kind === 'stop') return [`Stopped at ${name}: ${inOneLine(stopSays(runbook, why.stop))}`, rest]
      const assessment = desk.assess()
      const { title, state, reasons } = appliedSays(runbook, assessment.next ?? '', why.applied, assessment)
      return [`Stopped at ${name}: ${title}. ${state}`, ...reasons.map((one) => `    ${inOneLine(one)}`), rest]
    }
  }
}
