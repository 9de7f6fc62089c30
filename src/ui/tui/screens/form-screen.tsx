import { Box } from 'ink'
import type { ReactElement } from 'react'
import { Paragraph } from '../parts/paragraph.tsx'
import { PaneTitle } from '../parts/pane-title.tsx'
import { Say } from '../parts/say.tsx'
import { TypedLine } from '../parts/typed-line.tsx'
import type { Form } from '../state/dialog.ts'
import { FIELDS } from '../state/form.ts'

/** Rows from which on fields stand apart. */
const ROOMY = 16

/** Something to fill in: what is wrong stands beneath the field that it is about. */
export function FormScreen({ dialog, rows }: { readonly dialog: Form; readonly rows: number }): ReactElement {
  const { title, intro, purpose, fields, at, error } = dialog
  const roomy = rows >= ROOMY
  return (
    <Box flexDirection="column" flexGrow={1} flexShrink={1} flexBasis={0} overflow="hidden">
      <PaneTitle title={title} focused />
      {intro.map((text) => (
        <Paragraph key={text} text={text} indent={2} />
      ))}
      {fields.map((field, index) => {
        const shape = FIELDS[purpose.for][index]
        if (!shape) return null
        return (
          <Box key={shape.label} flexDirection="column" flexShrink={0} paddingLeft={2} paddingTop={roomy ? 1 : 0}>
            <Box columnGap={1}>
              <Box flexShrink={0}>
                <Say look={index === at ? 'strong' : 'plain'}>{`${index === at ? '▸' : ' '} ${shape.label}:`}</Say>
              </Box>
              <Box flexShrink={1}>
                <TypedLine field={field} active={index === at} />
              </Box>
            </Box>
            {index === at ? <Paragraph look="dim" text={shape.hint} indent={4} /> : null}
            {index === at && error !== undefined ? <Paragraph look="danger" lead="✘" text={error} indent={4} /> : null}
          </Box>
        )
      })}
    </Box>
  )
}
