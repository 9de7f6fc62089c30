import { Box } from 'ink'
import type { ReactElement } from 'react'
import { Paragraph } from '../parts/paragraph.tsx'
import { PaneTitle } from '../parts/pane-title.tsx'
import { Say } from '../parts/say.tsx'
import { windowOf } from '../scene/window-of.ts'
import type { Chooser, Option } from '../state/dialog.ts'

/** A list to choose from. `rows`: what there is for all of it. */
export function ChooseScreen({ dialog, rows }: { readonly dialog: Chooser; readonly rows: number }): ReactElement {
  const { options, at, title, intro } = dialog
  const { from, to } = windowOf(options.length, at, Math.max(1, Math.floor((rows - 2 - intro.length * 2) / 2)))
  return (
    <Box flexDirection="column" flexGrow={1} flexShrink={1} flexBasis={0} overflow="hidden">
      <PaneTitle title={title} focused />
      {intro.map((text) => (
        <Paragraph key={text} text={text} indent={2} />
      ))}
      {options.slice(from, to).map((option, index) => (
        <OptionRow key={option.label} option={option} chosen={from + index === at} />
      ))}
    </Box>
  )
}

function OptionRow({ option, chosen }: { readonly option: Option; readonly chosen: boolean }): ReactElement {
  const { label, detail, off } = option
  const beneath = off === undefined ? detail : `${detail === undefined ? '' : `${detail}. `}Not now: ${off}.`
  return (
    <Box flexDirection="column" flexShrink={0} paddingLeft={2}>
      <Say cut look={off === undefined ? (chosen ? 'strong' : 'plain') : 'dim'}>{`${chosen ? '▸' : ' '} ${label}`}</Say>
      {beneath === undefined ? null : (
        <Box paddingLeft={4} height={1}>
          <Say cut look="dim">
            {beneath}
          </Say>
        </Box>
      )}
    </Box>
  )
}
