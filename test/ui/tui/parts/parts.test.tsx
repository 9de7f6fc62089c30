import { Box } from 'ink'
import { cleanup, render } from 'ink-testing-library'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, test } from 'vitest'
import { Paragraph } from '../../../../src/ui/tui/parts/paragraph.tsx'
import { PaneTitle } from '../../../../src/ui/tui/parts/pane-title.tsx'
import { Say } from '../../../../src/ui/tui/parts/say.tsx'
import { TypedLine } from '../../../../src/ui/tui/parts/typed-line.tsx'
import { BadgeLine } from '../../../../src/ui/tui/screens/badge-line.tsx'
import { TooSmall } from '../../../../src/ui/tui/screens/too-small.tsx'
import { ThemeContext } from '../../../../src/ui/tui/theme/theme-context.ts'
import { themeOf } from '../../../../src/ui/tui/theme/theme.ts'

afterEach(cleanup)

const shown = (element: ReactElement, unicode = true, width = 40): string =>
  render(
    <ThemeContext value={themeOf({ colour: false, unicode })}>
      <Box width={width} flexDirection="column">
        {element}
      </Box>
    </ThemeContext>,
  ).lastFrame() ?? ''

describe('text', () => {
  test('what does not fit is cut off at its width, in columns and not in characters', () => {
    expect(shown(<Say cut>本番データベース</Say>, true, 9)).toBe('本番デー…')
  })

  test('without Unicode everything is ASCII, and what does not fit ends at the last column', () => {
    expect(shown(<Say cut>the operator’s machine proves nothing</Say>, false, 16)).toBe("the operator's m")
    expect(shown(<Say>本番</Say>, false)).toBe('??')
  })

  test('a line that wraps begins with a word, not with the space before it', () => {
    expect(shown(<Say>the same CA name</Say>, true, 8)).toBe('the same\nCA name')
  })

  test('wraps beside its mark', () => {
    expect(shown(<Paragraph lead="→" text="put the bundle there" indent={2} />, true, 16)).toBe(
      '  → put the\n    bundle there',
    )
    expect(shown(<Paragraph lead="→" text="put the bundle there" />, false, 15)).toBe('-> put the\n   bundle there')
  })
})

describe('pieces of the screen', () => {
  test('the pane with the focus is marked by a sign, and tells what is seen of how much', () => {
    expect(shown(<PaneTitle title="Keys" focused scroll={{ offset: 4, view: 10, content: 30, seen: 14 }} />)).toBe(
      '▸ Keys                        5-14 of 30',
    )
    expect(
      shown(<PaneTitle title="Keys" focused={false} scroll={{ offset: 0, view: 10, content: 9, seen: 9 }} />).trimEnd(),
    ).toBe('  Keys')
  })

  test('the cursor is seen without colours, among wide characters too', () => {
    expect(shown(<TypedLine field={{ text: '本番db', at: 2 }} active />)).toBe('本番|db')
    expect(shown(<TypedLine field={{ text: 'db', at: 2 }} active={false} />)).toBe('db')
  })

  test('world and mode are words; the mode is never cut off', () => {
    const badge = {
      world: 'ENDPOINT http://127.0.0.1:40123 ACCOUNT 123456789012',
      mode: 'DRY RUN',
      region: 'eu-central-1',
    } as const
    const line = shown(<BadgeLine badge={badge} columns={60} />, true, 60)
    expect(line).toMatch(/^\[DRY RUN\] \[ENDPOINT http:.*… eu-central-1$/)
  })

  test('a window that is too small says how large it must be', () => {
    expect(shown(<TooSmall columns={40} rows={6} />).replace(/\s+/g, ' ')).toContain('it must be at least 60x16')
  })
})
