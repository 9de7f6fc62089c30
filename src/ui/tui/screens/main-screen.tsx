import { Box } from 'ink'
import type { ReactElement } from 'react'
import { rotatesNow } from '../../view/rotates-now.ts'
import { stepLine, stepPage } from '../../view/page.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import { shareOf, type Layout } from '../scene/layout.ts'
import type { Scene } from '../scene/scene.ts'
import { rowsWanted } from '../scene/step-rows.ts'
import { useTheme } from '../theme/theme-context.ts'
import { FleetPane } from './fleet-pane.tsx'
import { PagePane } from './page-pane.tsx'
import { StepsPane } from './steps-pane.tsx'

interface Props {
  readonly scene: Scene
  readonly layout: Exclude<Layout, { kind: 'tiny' }>
  readonly onMeasured: (content: number, view: number) => void
}

/** Fleet, steps and page, as this window has room for them. */
export function MainScreen({ scene, layout, onMeasured }: Props): ReactElement {
  const { session, state, selected } = scene
  const { body, kind } = layout
  const { unicode } = useTheme()
  if (!selected) return <Nothing rows={body} />
  const { assessment, position } = selected
  const lines = [...assessment.steps.values()].map((one) => stepLine(session.runbook, assessment, one))
  const fleet = (rows: number) => <FleetPane scene={scene} rows={rows} />
  const steps = (rows: number) => (
    <StepsPane scene={scene} selected={selected} lines={lines} rows={rows} alone={kind === 'single'} />
  )
  const page = (rows: number) => (
    <PagePane
      scene={scene}
      selected={selected}
      page={stepPage(session.runbook, assessment, position)}
      rows={rows}
      onMeasured={onMeasured}
    />
  )
  if (kind === 'single') {
    const pane = { fleet, steps, page }[state.focus]
    return <Box flexDirection="column">{pane(body)}</Box>
  }
  const border = {
    borderStyle: unicode ? 'single' : 'classic',
    borderTop: false,
    borderBottom: false,
    borderRight: false,
    borderDimColor: true,
    paddingRight: 1,
  } as const
  if (kind === 'wide') {
    return (
      <Box height={body} flexShrink={0}>
        <Box width={layout.fleet} flexShrink={0} flexDirection="column">
          {fleet(body)}
        </Box>
        <Box width={layout.steps} flexShrink={0} flexDirection="column" {...border}>
          {steps(body)}
        </Box>
        <Box flexGrow={1} flexShrink={1} flexBasis={0} flexDirection="column" {...border}>
          {page(body)}
        </Box>
      </Box>
    )
  }
  const rotates = rotatesNow(selected.desk.record, session.databases[state.selected])
  const share = shareOf(body, rowsWanted(lines, position.step) + (rotates === undefined ? 1 : 2))
  return (
    <Box height={body} flexShrink={0}>
      <Box width={layout.fleet} flexShrink={0} flexDirection="column">
        {fleet(body)}
      </Box>
      <Box flexGrow={1} flexShrink={1} flexBasis={0} flexDirection="column" {...border}>
        {state.focus === 'page' ? null : steps(share.steps)}
        {page(state.focus === 'page' ? body : share.page)}
      </Box>
    </Box>
  )
}

function Nothing({ rows }: { readonly rows: number }): ReactElement {
  return (
    <Box height={rows} flexShrink={0} flexDirection="column">
      <Paragraph
        text="There is no database to rotate here: none that carries a CA was found in this account and Region."
        indent={2}
      />
      <Paragraph look="info" lead="→" text="Check profile and Region; m shows what could not be read." indent={2} />
    </Box>
  )
}
