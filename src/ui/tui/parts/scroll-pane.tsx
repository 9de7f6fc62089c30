import { Box, useBoxMetrics, type DOMElement } from 'ink'
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'

interface Props {
  /** Rows. */
  readonly offset: number
  readonly onMeasured: (content: number, view: number) => void
  readonly children: ReactNode
}

/** Content seen through a window that takes the room it is given. Tells how high both are, so that scrolling knows where to end. */
export function ScrollPane({ offset, onMeasured, children }: Props): ReactElement {
  const window = useRef<DOMElement>(null)
  const inside = useRef<DOMElement>(null)
  const view = useBoxMetrics(window)
  const content = useBoxMetrics(inside)
  const known = view.hasMeasured && content.hasMeasured
  useEffect(() => {
    if (known) onMeasured(content.height, view.height)
  }, [known, content.height, view.height, onMeasured])
  return (
    <Box
      ref={window}
      flexDirection="column"
      flexGrow={1}
      flexShrink={1}
      flexBasis={0}
      overflow="hidden"
      contentOffsetY={offset}
    >
      <Box ref={inside} flexDirection="column" flexShrink={0}>
        {children}
      </Box>
    </Box>
  )
}
