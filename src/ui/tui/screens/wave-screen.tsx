import { Box } from 'ink'
import type { ReactElement } from 'react'
import { calledBy } from '../../../rules/step.ts'
import { progressOf } from '../../../rules/waves.ts'
import type { Desk } from '../../../runner/desk.ts'
import { standingWaves } from '../../view/standing-waves.ts'
import { PROGRESS_WORDS } from '../../view/wave-words.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import { Say } from '../parts/say.tsx'
import { TypedLine } from '../parts/typed-line.tsx'
import { busyBrief, busySentence } from '../scene/busy-words.ts'
import { keyOf, type Scene } from '../scene/scene.ts'
import type { Busy } from '../state/state.ts'
import type { WaveShown } from '../state/wave.ts'
import { Overlay } from './overlay.tsx'

interface Props {
  readonly scene: Scene
  readonly wave: WaveShown
  readonly onMeasured: (content: number, view: number) => void
}

/** A wave that is run from here: its databases while they are looked at and changed, its requests while they are confirmed, its end. */
export function WaveScreen({ scene, wave, onMeasured }: Props): ReactElement {
  const { name, phase } = wave
  const over = (title: string, content: ReactElement) => (
    <Overlay title={title} scroll={scene.state.overlay} onMeasured={onMeasured}>
      {content}
    </Overlay>
  )
  switch (phase.at) {
    case 'surveying':
      return over(`${name}: looking at its databases`, <Databases scene={scene} wave={wave} />)
    case 'changing':
      return over(`${name}: ${countOf(scene, name)}`, <Databases scene={scene} wave={wave} />)
    case 'ended':
      return over(`${name}: ${phase.title}`, <Lines lines={phase.lines} />)
    case 'asking':
      return (
        <Box flexDirection="column" flexGrow={1} flexShrink={1} flexBasis={0} overflow="hidden">
          {over(`${name}: confirm its requests`, <Lines lines={phase.lines} />)}
          <Box columnGap={1} paddingLeft={2} flexShrink={0}>
            <Box flexShrink={0}>
              <Say look="strong">{`Type "${phase.expected}":`}</Say>
            </Box>
            <Box flexShrink={1}>
              <TypedLine field={phase.field} active />
            </Box>
          </Box>
          <Paragraph
            look={phase.error === undefined ? 'dim' : 'danger'}
            text={phase.error ?? 'Enter sends these one after the other. Esc sends nothing.'}
            indent={2}
          />
        </Box>
      )
  }
}

const membersOf = ({ session }: Scene, name: string): readonly Desk[] =>
  (standingWaves(session).find(({ wave }) => wave.name === name)?.wave.members ?? []).map(({ desk }) => desk)

const isDone = (desk: Desk): boolean => progressOf(desk.assess()).kind === 'done'

function countOf(scene: Scene, name: string): string {
  const desks = membersOf(scene, name)
  return `${desks.filter((desk) => isDone(desk)).length} of ${desks.length} done`
}

/** Lines as a console has them: what is indented there is indented here, also where it wraps. */
function Lines({ lines }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {lines.map((line, at) => {
        const text = line.trimStart()
        // Two lines may say the same.
        const key = `${at} ${text}`
        return text === '' ? (
          <Box key={key} height={1} flexShrink={0} />
        ) : (
          <Paragraph key={key} text={text} indent={2 + line.length - text.length} />
        )
      })}
    </Box>
  )
}

const briefOf = ({ session, now }: Scene, { at }: WaveShown['phase'], busy: Busy): string =>
  at === 'surveying' && busy.step === undefined ? 'to be looked at' : busyBrief(session.runbook, busy, now)

/** Each database of the wave, in the order in which they go, with what is being done for it now. */
function Databases({ scene, wave: { name, phase } }: Pick<Props, 'scene' | 'wave'>): ReactElement {
  const { session, state, now } = scene
  const desks = membersOf(scene, name)
  const busy = desks.flatMap((desk) => {
    const one = state.busy[keyOf(desk)]
    return one ? [{ desk, one }] : []
  })
  const says =
    phase.at === 'surveying'
      ? 'Every database is looked at; nothing is sent. Then its requests are shown, to be confirmed.'
      : 'One after the other, each verified before the next. h puts a halt to it; Esc leads to the screen, and it goes on.'
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Paragraph look="dim" text={says} indent={2} />
      {phase.at === 'changing'
        ? busy.map(({ desk, one }) => (
            <Paragraph
              key={keyOf(desk)}
              look="strong"
              text={`${calledBy(desk.about)}: ${busySentence(session.runbook, one, now)}`}
              indent={2}
            />
          ))
        : null}
      <Box height={1} flexShrink={0} />
      {desks.map((desk) => {
        const one = state.busy[keyOf(desk)]
        const { kind } = progressOf(desk.assess())
        return (
          <Box key={keyOf(desk)} height={1} flexShrink={0} paddingLeft={2} columnGap={2}>
            <Box flexShrink={1} flexGrow={1} flexBasis={0}>
              <Say cut look={one ? 'strong' : kind === 'done' ? 'good' : 'plain'}>
                {`${one ? '*' : ' '} ${calledBy(desk.about)}`}
              </Say>
            </Box>
            <Box flexShrink={0} width={28}>
              <Say cut look={kind === 'done' ? 'good' : 'plain'}>
                {one && kind !== 'done' ? briefOf(scene, phase, one) : PROGRESS_WORDS[kind]}
              </Say>
            </Box>
          </Box>
        )
      })}
    </Box>
  )
}
