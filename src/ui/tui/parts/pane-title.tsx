import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { Scroll } from '../state/scroll.ts'
import { Say } from './say.tsx'

interface Props {
  readonly title: string
  readonly focused: boolean
  /** What is seen of how much, where it scrolls. */
  readonly scroll?: Scroll
}

const seenOf = ({ offset, view, content }: Scroll): string =>
  content > view && view > 0 ? `${offset + 1}-${Math.min(content, offset + view)} of ${content}` : ''

/** The row above a pane. The one that has the focus is marked, in a sign and not only in bold. */
export function PaneTitle({ title, focused, scroll }: Props): ReactElement {
  return (
    <Box columnGap={1} height={1} flexShrink={0} justifyContent="space-between">
      <Box flexShrink={1}>
        <Say cut look={focused ? 'strong' : 'dim'}>{`${focused ? '▸ ' : '  '}${title}`}</Say>
      </Box>
      {scroll ? (
        <Box flexShrink={0}>
          <Say look="dim">{seenOf(scroll)}</Say>
        </Box>
      ) : null}
    </Box>
  )
}
