import { Box } from 'ink'
import type { ReactElement } from 'react'
import { databaseLine } from '../../view/page.ts'
import { PaneTitle } from '../parts/pane-title.tsx'
import { Say } from '../parts/say.tsx'
import { busyBrief } from '../scene/busy-words.ts'
import { keyOf, type Scene } from '../scene/scene.ts'
import { fleetLines, shownOf } from '../scene/shown.ts'
import { useTheme } from '../theme/theme-context.ts'
import { BUSY_MARK, lookOf, markOf } from '../theme/theme.ts'

interface Props {
  readonly scene: Scene
  /** Rows, the title among them. */
  readonly rows: number
}

/** The databases, in the order in which they should be rotated, and where each stands. */
export function FleetPane({ scene, rows }: Props): ReactElement {
  const { session, state } = scene
  const shown = shownOf(session, state.filter)
  const count = session.databases.length
  const two = shown.length * 2 <= rows - 1
  const at = Math.max(0, shown.indexOf(state.selected))
  const listed = state.filter === '' ? String(count) : `${shown.length} of ${count}: ${state.filter}`
  return (
    <Box flexDirection="column" height={rows} flexShrink={0}>
      <PaneTitle title={`Databases (${listed})`} focused={state.focus === 'fleet'} />
      {fleetLines(session, shown, at, rows - 1, two ? 2 : 1).map((line) =>
        line.kind === 'group' ? (
          <Box key={line.before} height={1} flexShrink={0}>
            <Say cut look="dim">{`  ${line.group}`}</Say>
          </Box>
        ) : (
          <FleetRow key={line.index} scene={scene} index={line.index} two={two} />
        ),
      )}
    </Box>
  )
}

function FleetRow({
  scene,
  index,
  two,
}: {
  readonly scene: Scene
  readonly index: number
  readonly two: boolean
}): ReactElement | null {
  const { session, standings, state, now } = scene
  const theme = useTheme()
  const database = session.databases[index]
  if (!database) return null
  const { desk, record } = database
  const assessment = standings.of(index)
  // Account and Region stand above it, where there are several.
  const { name, environment, at, word } = databaseLine(session.runbook, desk.about.name, record?.ca, assessment)
  const next = assessment.next === undefined ? undefined : assessment.steps.get(assessment.next)
  const standing = assessment.rotation?.end ? 'proven' : (next?.standing ?? 'proven')
  const busy = state.busy[keyOf(desk)]
  const stands = busy ? busyBrief(session.runbook, busy, now) : assessment.rotation?.end ? word : `${at} ${word}`
  const chosen = index === state.selected
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box height={1} columnGap={1}>
        <Box flexShrink={0} width={3}>
          <Say look={lookOf(standing)}>{`${chosen ? '▸' : ' '} ${busy ? BUSY_MARK : markOf(theme, standing)}`}</Say>
        </Box>
        <Box flexShrink={1} flexGrow={1}>
          <Say cut look={chosen ? 'strong' : 'plain'}>
            {name}
          </Say>
        </Box>
        {two ? null : (
          <Box flexShrink={0}>
            <Say cut look="dim">
              {at}
            </Say>
          </Box>
        )}
      </Box>
      {two ? (
        <Box height={1} paddingLeft={4}>
          <Say cut look="dim">
            {`${environment} ${stands}`}
          </Say>
        </Box>
      ) : null}
    </Box>
  )
}
