import { Box, useInput, useWindowSize } from 'ink'
import { useCallback, useState, useSyncExternalStore, type ReactElement } from 'react'
import { SMALLEST } from '../../terminal.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import { Say } from '../parts/say.tsx'
import { ScrollPane } from '../parts/scroll-pane.tsx'
import { TooSmall } from '../screens/too-small.tsx'
import { lastOffset, measured, scrolled, UNSCROLLED } from '../state/scroll.ts'
import type { Look } from '../theme/theme.ts'

/** What there is to see at a moment. */
export interface Picture {
  readonly title: string
  readonly plan: string
  readonly lines: readonly string[]
  /** The last things that happened, the newest last. */
  readonly news: readonly string[]
}

export interface CensusScreenProps {
  readonly subscribe: (listener: () => void) => () => void
  readonly picture: () => Picture
  readonly leave: () => void
}

const MOVES = {
  upArrow: -1,
  downArrow: 1,
  pageUp: 'page-up',
  pageDown: 'page-down',
  home: 'start',
  end: 'end',
} as const

const lookOf = (line: string): Look => {
  if (/NOBODY’S YET|NOT WHOLE|NOT SEEN|WITHOUT TLS|^ {2}missing|ANOTHER CERTIFICATE/.test(line)) return 'warn'
  return line.startsWith('    ') ? 'dim' : 'plain'
}

/** How far a line stands in; its wrapped rows stand in as far. */
const indentOf = (line: string): number => line.length - line.trimStart().length

/** Lines with a key each: the same line can stand there twice. */
function keyed(lines: readonly string[]): readonly { readonly key: string; readonly line: string }[] {
  const times = new Map<string, number>()
  return lines.map((line) => {
    const count = (times.get(line) ?? 0) + 1
    times.set(line, count)
    return { key: `${count} ${line}`, line }
  })
}

/** Who connects, as it changes; nothing on it moves but what happened. */
export function CensusScreen({ subscribe, picture, leave }: CensusScreenProps): ReactElement {
  const { title, plan, lines, news } = useSyncExternalStore(subscribe, picture)
  const { columns, rows } = useWindowSize()
  const [scroll, setScroll] = useState(UNSCROLLED)
  const onMeasured = useCallback(
    (content: number, view: number) => setScroll((one) => measured(one, content, view)),
    [],
  )
  useInput((input, key) => {
    if (input === 'q' || key.escape || (key.ctrl && input === 'c')) leave()
    for (const [name, move] of Object.entries(MOVES))
      if (key[name as keyof typeof MOVES]) setScroll((one) => scrolled(one, move))
  })
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return <TooSmall columns={columns} rows={rows} />
  const below = lastOffset(scroll) - scroll.offset
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Box flexShrink={0}>
        <Say look="strong" cut>
          {title}
        </Say>
      </Box>
      <Box flexShrink={0}>
        <Say look="dim" cut>
          {plan}
        </Say>
      </Box>
      <ScrollPane offset={scroll.offset} onMeasured={onMeasured}>
        {keyed(lines).map(({ key, line }) => (
          <Paragraph key={key} text={line.trimStart() || ' '} look={lookOf(line)} indent={indentOf(line)} />
        ))}
      </ScrollPane>
      {keyed(news).map(({ key, line }) => (
        <Box key={key} flexShrink={0}>
          <Say look={lookOf(line)} cut>
            {line}
          </Say>
        </Box>
      ))}
      <Box flexShrink={0}>
        <Say look="dim" cut>
          {`q ends watching, what was seen is kept${below > 0 ? `   ${below} more rows below` : ''}`}
        </Say>
      </Box>
    </Box>
  )
}
