import { Box } from 'ink'
import type { ReactElement } from 'react'
import { asciiOnly } from '../../view/ascii.ts'
import { useTheme } from '../theme/theme-context.ts'
import type { Look } from '../theme/theme.ts'
import { Say } from './say.tsx'

interface Props {
  readonly text: string
  readonly look?: Look
  /** A sign of single-width characters in front; the text wraps beside it. */
  readonly lead?: string
  /** Columns. */
  readonly indent?: number
}

/** Text that wraps beside its mark. */
export function Paragraph({ text, look = 'plain', lead = '', indent = 0 }: Props): ReactElement {
  const { unicode } = useTheme()
  const sign = unicode ? lead : asciiOnly(lead)
  return (
    <Box paddingLeft={indent} flexShrink={0}>
      {sign === '' ? null : (
        <Box width={sign.length + 1} flexShrink={0}>
          <Say look={look}>{sign}</Say>
        </Box>
      )}
      <Box flexGrow={1} flexShrink={1}>
        <Say look={look}>{text}</Say>
      </Box>
    </Box>
  )
}
