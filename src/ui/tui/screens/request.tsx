import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { Change } from '../../../rules/change.ts'
import { changeShown } from '../../view/page.ts'
import { Paragraph } from '../parts/paragraph.tsx'

/** A request exactly as it would be sent: every parameter, and the same as a command of the AWS CLI. */
export function Request({ change }: { readonly change: Change }): ReactElement {
  const { api, input, cli } = changeShown(change)
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Paragraph look="strong" text={`The request: ${api}`} indent={2} />
      {input.map(([name, value]) => (
        <Paragraph key={name} text={`${name} = ${value}`} indent={4} />
      ))}
      <Paragraph look="dim" text="As an AWS CLI command:" indent={2} />
      <Paragraph text={cli} indent={4} />
    </Box>
  )
}
