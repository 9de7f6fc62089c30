import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { Assessment } from '../../../rules/assess.ts'
import type { PlainRunbook } from '../../../rules/step.ts'
import type { Applied } from '../../../runner/apply.ts'
import { appliedSays } from '../../view/applied-says.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import { Request } from './request.tsx'

interface Props {
  readonly runbook: PlainRunbook
  readonly step: string
  readonly applied: Applied
  readonly assessment: Assessment
}

/** What came of asking for a change; in a dry run the request itself. */
export function AppliedContent({ runbook, step, applied, assessment }: Props): ReactElement {
  const { tone, title, state, reasons } = appliedSays(runbook, step, applied, assessment)
  const shown = applied.kind === 'shown'
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Paragraph look={tone} text={title} indent={2} />
      <Paragraph text={state} indent={2} />
      {shown && !applied.change ? (
        <Paragraph text="There is no request to show yet: what it is made from has not been looked at." indent={2} />
      ) : null}
      {shown && applied.change ? <Request change={applied.change} /> : null}
      {shown && reasons.length > 0 ? <Paragraph look="strong" text="Its gate is closed, because:" indent={2} /> : null}
      {shown && reasons.length === 0 ? (
        <Paragraph look="good" text="Its gate is open: with --execute it could be confirmed now." indent={2} />
      ) : null}
      {reasons.map(({ tone: how, says, cure }) => (
        <Box key={says} flexDirection="column" flexShrink={0}>
          <Paragraph look={how} lead="·" text={says} indent={2} />
          {cure === '' ? null : <Paragraph look="info" lead="→" text={cure} indent={4} />}
        </Box>
      ))}
    </Box>
  )
}
