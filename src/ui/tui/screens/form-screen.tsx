import { Box } from 'ink'
import type { ReactElement } from 'react'
import { Paragraph } from '../parts/paragraph.tsx'
import { PaneTitle } from '../parts/pane-title.tsx'
import { Say } from '../parts/say.tsx'
import { TypedLine } from '../parts/typed-line.tsx'
import type { Form } from '../state/dialog.ts'
import { FIELDS } from '../state/form.ts'

/** Something to fill in. */
export function FormScreen({ dialog }: { readonly dialog: Form }): ReactElement {
  const { title, intro, purpose, fields, at, error } = dialog
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
          <Box key={shape.label} flexDirection="column" flexShrink={0} paddingLeft={2} paddingTop={1}>
            <Box columnGap={1}>
              <Box flexShrink={0}>
                <Say look={index === at ? 'strong' : 'plain'}>{`${index === at ? '▸' : ' '} ${shape.label}:`}</Say>
              </Box>
              <Box flexShrink={1}>
                <TypedLine field={field} active={index === at} />
              </Box>
            </Box>
            <Paragraph look="dim" text={shape.hint} indent={4} />
          </Box>
        )
      })}
      {error === undefined ? null : (
        <Box paddingTop={1} flexShrink={0}>
          <Paragraph look="danger" lead="✘" text={error} indent={2} />
        </Box>
      )}
    </Box>
  )
}
