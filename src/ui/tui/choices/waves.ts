import { calledBy } from '../../../rules/step.ts'
import type { Halt } from '../../../rules/record.ts'
import { progressOf } from '../../../rules/waves.ts'
import type { Session } from '../../session.ts'
import { standingWaves, type StandingWave } from '../../view/standing-waves.ts'
import { PROGRESS_WORDS, waveWords } from '../../view/wave-words.ts'
import { haltedBy } from '../../waves/halting.ts'
import { chooser, type Chooser, type Option } from '../state/dialog.ts'

/** The waves in the order in which they go, each with its databases and how far they are: the one that is chosen is looked at and run. */
export function wavesChooser(session: Session, halt: Halt | undefined): Chooser {
  const waves = standingWaves(session)
  const undeclared =
    session.waves.length > 0
      ? []
      : [
          'No waves are declared: all databases are one. Declare waves in the configuration to change some of them together.',
        ]
  const halted: readonly Option[] = halt
    ? [
        {
          label: 'Take the halt back',
          detail: 'It sends nothing; then a wave can be run again',
          next: { intent: { do: 'resume-waves' } },
        },
      ]
    : []
  const next = waves.findIndex(({ standing: { kind } }) => kind !== 'done' && kind !== 'empty')
  return chooser(
    'Waves, in the order in which they go',
    [...waves.map((one) => optionOf(one)), ...halted],
    [...undeclared, ...(halt ? [haltedBy(halt)] : [])],
    halt ? waves.length : Math.max(0, next),
  )
}

function optionOf({ wave: { name, members, atOnce }, standing }: StandingWave): Option {
  return {
    label: `${name}: ${members.length} databases, ${atOnce} at a time; ${waveWords(standing)}`,
    detail: members
      .map(({ desk }) => `${calledBy(desk.about)} ${PROGRESS_WORDS[progressOf(desk.assess()).kind]}`)
      .join(', '),
    ...(standing.kind === 'empty' && { off: 'nothing belongs to it' }),
    next: { intent: { do: 'run-wave', name } },
  }
}
