import { Box, Text, Transform } from 'ink'
import type { ReactElement } from 'react'
import { asciiOnly } from '../../view/ascii.ts'
import { useTheme } from '../theme/theme-context.ts'
import type { Look } from '../theme/theme.ts'

/** A leading space, with the escape codes of a colour before it. */
const ESCAPE = '\u001B'
const INDENTED = new RegExp(`^((?:${ESCAPE}\\[[\\d;]*m)*) (.*)$`)

/**
 * Where a line is full to its last column, Ink begins the next one with the space that stood between: it goes to the end, so that the
 * width stays.
 */
const unindented = (line: string, index: number): string => (index > 0 ? line.replace(INDENTED, '$1$2 ') : line)

interface Props {
  readonly look?: Look
  /** In one row, the rest cut off; else it wraps. */
  readonly cut?: boolean
  readonly children: string
}

/** Text as this terminal can show it. All text on screen goes through here. */
export function Say({ look = 'plain', cut = false, children }: Props): ReactElement {
  const { looks, unicode } = useTheme()
  const shown = unicode ? children : asciiOnly(children)
  if (!cut) {
    return (
      <Transform transform={unindented}>
        <Text {...looks[look]}>{shown}</Text>
      </Transform>
    )
  }
  const line = shown.replace(/[\r\n]+/g, ' ')
  // Ink marks what it cut off with a sign that is not ASCII: there the row ends at its last column, without a
  // sign. A character of ASCII is a column.
  if (!unicode) {
    return (
      <Box height={1} flexShrink={1} overflow="hidden">
        <Box width={line.length} flexShrink={0}>
          <Text {...looks[look]}>{line}</Text>
        </Box>
      </Box>
    )
  }
  return (
    <Text wrap="truncate" {...looks[look]}>
      {line}
    </Text>
  )
}
