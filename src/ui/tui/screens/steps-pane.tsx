import { Box } from 'ink'
import type { ReactElement } from 'react'
import { caNow } from '../../../rules/ca-now.ts'
import { databaseLine, type StepLine } from '../../view/page.ts'
import { rotatesNow } from '../../view/rotates-now.ts'
import { PaneTitle } from '../parts/pane-title.tsx'
import { Say } from '../parts/say.tsx'
import type { Scene, Selected } from '../scene/scene.ts'
import { stepRows } from '../scene/step-rows.ts'
import { useTheme } from '../theme/theme-context.ts'
import { BUSY_MARK, lookOf, markOf } from '../theme/theme.ts'

interface Props {
  readonly scene: Scene
  readonly selected: Selected
  readonly lines: readonly StepLine[]
  /** Rows, the title among them. */
  readonly rows: number
  /** No other pane is seen: what the list of databases says stands here. */
  readonly alone: boolean
}

/** The steps of the selected database: mark, number, title, how it stands, and why where it is not met. */
export function StepsPane({ scene, selected, lines, rows, alone }: Props): ReactElement {
  const { session, state } = scene
  const { name, desk, assessment, position, busy } = selected
  const listed = session.databases[state.selected]
  const rotates = rotatesNow(desk.record, listed)
  const { environment, ca, target } = databaseLine(
    session.runbook,
    name,
    caNow(desk.record, listed?.record?.ca),
    assessment,
  )
  return (
    <Box flexDirection="column" height={rows} flexShrink={0} overflow="hidden">
      <PaneTitle
        title={`${name}${ca === target ? ` on ${ca}` : ` → ${target} (now ${ca})`}${alone ? `, ${environment}` : ''}`}
        focused={state.focus === 'steps'}
      />
      {rotates === undefined ? null : (
        <Box height={1} paddingLeft={2} flexShrink={0}>
          <Say cut look="dim">
            {`By AWS’s dates: ${rotates}.`}
          </Say>
        </Box>
      )}
      {stepRows(lines, position.step, rows - (rotates === undefined ? 1 : 2)).map((row) =>
        row.kind === 'step' ? (
          <StepRowView
            key={row.line.id}
            line={row.line}
            chosen={row.selected}
            busy={busy?.step === row.line.id && !busy.waiting}
          />
        ) : (
          <Box key={`${row.of}:reason`} height={1} paddingLeft={7} flexShrink={0}>
            <Say cut look="dim">
              {row.because}
            </Say>
          </Box>
        ),
      )}
    </Box>
  )
}

function StepRowView({
  line,
  chosen,
  busy,
}: {
  readonly line: StepLine
  readonly chosen: boolean
  readonly busy: boolean
}): ReactElement {
  const theme = useTheme()
  const { number, title, standing, word } = line
  return (
    <Box height={1} columnGap={1} flexShrink={0}>
      <Box width={6} flexShrink={0}>
        <Say
          look={lookOf(standing)}
        >{`${chosen ? '▸' : ' '} ${busy ? BUSY_MARK : markOf(theme, standing)} ${number}`}</Say>
      </Box>
      <Box flexGrow={1} flexShrink={1}>
        <Say cut look={chosen ? 'strong' : 'plain'}>
          {title}
        </Say>
      </Box>
      <Box flexShrink={0}>
        <Say look={lookOf(standing)}>{busy ? 'looking' : word}</Say>
      </Box>
    </Box>
  )
}
