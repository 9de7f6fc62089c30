import { Box } from 'ink'
import type { ReactElement } from 'react'
import { inOneLine } from '../../view/said.ts'
import { Say } from '../parts/say.tsx'
import { dialogOf, type TuiState } from '../state/state.ts'

interface Props {
  readonly state: TuiState
  /** What to do next. */
  readonly hint: string
  readonly rows: number
}

/** What was said last, in as many rows as there are for it, and what to do next. */
export function MessageLine({ state, hint, rows }: Props): ReactElement {
  const newest = state.messages.at(-1)
  const last = dialogOf(state) && newest === state.hushed ? undefined : newest
  const says = last ? `${last.about === undefined ? '' : `${last.about}: `}${inOneLine(last)}` : ''
  return (
    <Box flexDirection="column" height={rows + 1} flexShrink={0} overflow="hidden">
      <Box height={rows} overflow="hidden">
        <Say cut={rows === 1} look={last?.tone ?? 'plain'}>
          {says}
        </Say>
      </Box>
      <Box height={1}>
        <Say cut look="strong">
          {state.leaving ? 'Ending: what is under way is waited for. Ctrl-C again ends at once.' : hint}
        </Say>
      </Box>
    </Box>
  )
}
