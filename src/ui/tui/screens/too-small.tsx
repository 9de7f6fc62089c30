import { Box } from 'ink'
import type { ReactElement } from 'react'
import { SMALLEST } from '../../terminal.ts'
import { Say } from '../parts/say.tsx'

interface Size {
  readonly columns: number
  readonly rows: number
}

/** All that there is on a window that is too small: how large it must be. Whatever is under way goes on. */
export function TooSmall({ columns, rows }: Size): ReactElement {
  return (
    <Box width="100%" height={rows} overflow="hidden">
      <Say>
        {`This window is ${columns}x${rows}; it must be at least ${SMALLEST.columns}x${SMALLEST.rows}. Enlarge it, or end with Ctrl-C.`}
      </Say>
    </Box>
  )
}
