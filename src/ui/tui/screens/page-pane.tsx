import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { StepPage } from '../../view/page.ts'
import { PaneTitle } from '../parts/pane-title.tsx'
import { Paragraph } from '../parts/paragraph.tsx'
import { ScrollPane } from '../parts/scroll-pane.tsx'
import { meanwhileSays } from '../../view/meanwhile.ts'
import { busySentence } from '../scene/busy-words.ts'
import { pageBlocks } from '../scene/page-blocks.ts'
import { remedyFor } from '../scene/remedy.ts'
import type { Scene, Selected } from '../scene/scene.ts'

interface Props {
  readonly scene: Scene
  readonly selected: Selected
  readonly page: StepPage
  /** Rows, the title among them. */
  readonly rows: number
  readonly onMeasured: (content: number, view: number) => void
}

/** Everything that there is to read about the selected step. */
export function PagePane({ scene, selected, page, rows, onMeasured }: Props): ReactElement {
  const { session, state, now } = scene
  const { busy, position } = selected
  const concerned = busy && (busy.step ?? page.id) === page.id
  const remedies = new Map(
    position.shortfalls.flatMap((one, at) => {
      const remedy = remedyFor(session.remedies, position.step, one)
      return remedy ? [[at, remedy.label] as const] : []
    }),
  )
  const { assessment } = selected
  const waits = page.id === assessment.next || session.runbook.steps[page.id]?.change !== undefined
  const meanwhile = waits ? meanwhileSays(session.runbook, assessment) : []
  const blocks = pageBlocks(page, {
    remedies,
    meanwhile,
    ...(concerned && { busy: busySentence(session.runbook, busy, now) }),
  })
  return (
    <Box flexDirection="column" height={rows} flexShrink={0} overflow="hidden">
      <PaneTitle
        title={`${page.number} ${page.title}: ${page.word}`}
        focused={state.focus === 'page'}
        scroll={state.page}
      />
      <ScrollPane offset={state.page.offset} onMeasured={onMeasured}>
        {blocks.map(({ key, tone, lead, text, indent }) => (
          <Paragraph key={key} look={tone} lead={lead} text={text} indent={indent + 2} />
        ))}
      </ScrollPane>
    </Box>
  )
}
