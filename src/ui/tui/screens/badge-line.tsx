import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { Badge } from '../../session.ts'
import { Say } from '../parts/say.tsx'

/** Columns from which on there is room to spare. */
const ROOMY = 76

/** World and mode, in words, always on screen. The mode is never cut off. */
export function BadgeLine({ badge, columns }: { readonly badge: Badge; readonly columns: number }): ReactElement {
  const { mode, world, region } = badge
  return (
    <Box height={1} flexShrink={0} columnGap={1}>
      <Box flexShrink={0}>
        <Say look={mode === 'EXECUTE' ? 'sends' : 'shows'}>{`[${mode}]`}</Say>
      </Box>
      <Box flexShrink={1}>
        <Say cut look="strong">{`[${world}]`}</Say>
      </Box>
      <Box flexShrink={0}>
        <Say>{region}</Say>
      </Box>
      {columns < ROOMY ? null : (
        <Box flexGrow={1} flexShrink={1} justifyContent="flex-end">
          <Say cut look="dim">
            {mode === 'EXECUTE' ? 'changes are sent' : 'nothing is sent'}
          </Say>
        </Box>
      )}
    </Box>
  )
}
