import { Box } from 'ink'
import type { ReactElement, ReactNode } from 'react'
import { PaneTitle } from '../parts/pane-title.tsx'
import { ScrollPane } from '../parts/scroll-pane.tsx'
import type { Scroll } from '../state/scroll.ts'

interface Props {
  readonly title: string
  readonly scroll: Scroll
  readonly onMeasured: (content: number, view: number) => void
  readonly children: ReactNode
}

/** What lies over the panes: a title, and something to read that scrolls. */
export function Overlay({ title, scroll, onMeasured, children }: Props): ReactElement {
  return (
    <Box flexDirection="column" flexGrow={1} flexShrink={1} flexBasis={0} overflow="hidden">
      <PaneTitle title={title} focused scroll={scroll} />
      <ScrollPane offset={scroll.offset} onMeasured={onMeasured}>
        {children}
      </ScrollPane>
    </Box>
  )
}
