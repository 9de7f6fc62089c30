import { Box, useWindowSize } from 'ink'
import type { ReactElement } from 'react'
import { asciiOnly } from '../../view/ascii.ts'
import { inOneLine } from '../../view/said.ts'
import { Say } from '../parts/say.tsx'
import { firstRow } from '../scene/first-row.ts'
import { dialogOf, type TuiState } from '../state/state.ts'
import { useTheme } from '../theme/theme-context.ts'

interface Props {
  readonly state: TuiState
  /** What to do next. */
  readonly hint: string
  readonly rows: 1 | 2
}

/** What was said last, in as many rows as there are for it, and what to do next. */
export function MessageLine({ state, hint, rows }: Props): ReactElement {
  const newest = state.messages.at(-1)
  const last = dialogOf(state) && newest === state.hushed ? undefined : newest
  const says = last ? `${last.about === undefined ? '' : `${last.about}: `}${inOneLine(last)}` : ''
  const { unicode } = useTheme()
  const { columns } = useWindowSize()
  const shown = unicode ? says : asciiOnly(says)
  const [first, left] = rows === 1 ? ['', shown] : firstRow(shown, columns)
  // Where Ink's own sign cannot be shown, a row that is cut off says so itself. A character of ASCII is a column.
  const rest = !unicode && left.length > columns ? `${left.slice(0, columns - 3)}...` : left
  const look = last?.tone ?? 'plain'
  return (
    <Box flexDirection="column" height={rows + 1} flexShrink={0} overflow="hidden">
      <Box height={rows} flexDirection="column" overflow="hidden">
        {first === '' ? null : (
          <Say cut look={look}>
            {first}
          </Say>
        )}
        {/* Cut off with a sign: a sentence that ends where its rows do reads as if it were whole. */}
        <Say cut look={look}>
          {rest}
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
