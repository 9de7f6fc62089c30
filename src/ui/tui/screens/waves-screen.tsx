import { Box } from 'ink'
import type { ReactElement } from 'react'
import { calledBy } from '../../../rules/step.ts'
import { progressOf } from '../../../rules/waves.ts'
import { standingWaves, type StandingWave } from '../../view/standing-waves.ts'
import { waveWords } from '../../view/wave-words.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import type { Scene } from '../scene/scene.ts'

/** How many databases of a wave are named; of the others it says how many there are. */
const NAMED = 12

const PROGRESS = { done: 'done', 'under-way': 'under way', 'to-do': 'not begun' } as const

/** The waves that are declared, each with its databases, and how far they are. */
export function WavesContent({ scene: { session } }: { readonly scene: Scene }): ReactElement {
  if (session.waves.length === 0)
    return (
      <Paragraph
        text="No waves are declared: the databases go in the order of the list. Declare waves in the configuration to change several under one confirmation."
        indent={2}
      />
    )
  return (
    <Box flexDirection="column">
      {standingWaves(session).map((one) => (
        <OneWave key={one.wave.name} wave={one} />
      ))}
      <Paragraph
        look="dim"
        text="rds-ca-runbook wave run NAME --execute shows every request of a wave and takes one confirmation for all of them."
        indent={2}
      />
    </Box>
  )
}

function OneWave({ wave: { wave, standing } }: { readonly wave: StandingWave }): ReactElement {
  const { atOnce, members, name } = wave
  const more = members.length - NAMED
  return (
    <Box flexDirection="column" marginBottom={1}>
      <Paragraph
        look={standing.kind === 'done' ? 'good' : 'strong'}
        text={`${name}: ${members.length} databases, ${atOnce} at a time; ${waveWords(standing)}`}
        indent={2}
      />
      {members.slice(0, NAMED).map(({ desk }) => (
        <Paragraph
          key={calledBy(desk.about)}
          text={`${calledBy(desk.about)}: ${PROGRESS[progressOf(desk.assess()).kind]}`}
          indent={4}
        />
      ))}
      {more > 0 ? <Paragraph look="dim" text={`and ${more} more`} indent={4} /> : null}
    </Box>
  )
}
