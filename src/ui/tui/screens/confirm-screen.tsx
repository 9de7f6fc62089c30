import { Box } from 'ink'
import type { ReactElement } from 'react'
import type { Assessment } from '../../../rules/assess.ts'
import type { Change } from '../../../rules/change.ts'
import type { Instant } from '../../../rules/words.ts'
import { consequenceOf } from '../../view/consequence.ts'
import { duration, utc } from '../../view/duration.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import { TypedLine } from '../parts/typed-line.tsx'
import { Say } from '../parts/say.tsx'
import { keyOf, type Scene } from '../scene/scene.ts'
import type { Confirming } from '../state/dialog.ts'
import type { TextField } from '../state/text-field.ts'
import { AppliedContent } from './applied-content.tsx'
import { Overlay } from './overlay.tsx'
import { Request } from './request.tsx'

interface Props {
  readonly scene: Scene
  readonly dialog: Confirming
  readonly onMeasured: (content: number, view: number) => void
}

/** The typed confirmation: what will happen, the exact request, and the line to type the name in, which never scrolls away. */
export function ConfirmScreen({ scene, dialog, onMeasured }: Props): ReactElement {
  const { name, phase, step } = dialog
  const { overlay } = scene.state
  switch (phase.at) {
    case 'preparing':
      return (
        <Overlay title={`${name}: the change`} scroll={overlay} onMeasured={onMeasured}>
          <Paragraph
            text="Taking the database’s lock, and looking once more at what changes quickly. Esc stops it; nothing has been sent."
            indent={2}
          />
        </Overlay>
      )
    case 'asking':
      return (
        <Box flexDirection="column" flexGrow={1} flexShrink={1} flexBasis={0} overflow="hidden">
          <Overlay title={`Confirm the change of ${name}`} scroll={overlay} onMeasured={onMeasured}>
            <WhatHappens scene={scene} dialog={dialog} change={phase.change} until={phase.until} />
            <Request change={phase.change} />
          </Overlay>
          <NameLine field={phase.field} error={phase.error} />
        </Box>
      )
    case 'sending':
      return (
        <Overlay title={`${name}: sending the change`} scroll={overlay} onMeasured={onMeasured}>
          <Paragraph
            look="warn"
            text="Confirmed. The database is read once more; then the intent goes to disk, and the request is sent, once. Its answer is waited for."
            indent={2}
          />
          <Request change={phase.change} />
        </Overlay>
      )
    case 'done':
      return (
        <Overlay title={`${name}: the change`} scroll={overlay} onMeasured={onMeasured}>
          <AppliedContent
            runbook={scene.session.runbook}
            step={step}
            applied={phase.applied}
            assessment={assessmentOf(scene, dialog)}
          />
        </Overlay>
      )
  }
}

/** How the database stands that is confirmed: it need not be the one that is selected. */
const assessmentOf = ({ session, standings }: Scene, { database }: Confirming): Assessment =>
  standings.of(session.databases.findIndex(({ desk }) => keyOf(desk) === database))

interface WhatProps {
  readonly scene: Scene
  readonly dialog: Confirming
  readonly change: Change
  readonly until: Instant
}

function WhatHappens({ scene, dialog, change, until }: WhatProps): ReactElement {
  const { session, now } = scene
  const { what, when, restart, rests } = consequenceOf(
    session.runbook,
    dialog.name,
    assessmentOf(scene, dialog),
    change,
  )
  const open = Number.isFinite(until)
    ? `Open until ${utc(until)}, for ${duration(until - now)}.`
    : 'Open; nothing that it rests on ages.'
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Paragraph look="strong" text={what} indent={2} />
      <Paragraph text={when} indent={2} />
      <Paragraph look={restart.startsWith('No restart') ? 'plain' : 'warn'} text={restart} indent={2} />
      <Paragraph text={`It rests on ${rests.join(', ')}.`} indent={2} />
      <Paragraph text={now > until ? 'A proof has run out: the gate is closed. Esc, then go on.' : open} indent={2} />
    </Box>
  )
}

function NameLine({ field, error }: { readonly field: TextField; readonly error: string | undefined }): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box columnGap={1} paddingLeft={2}>
        <Box flexShrink={0}>
          <Say look="strong">Type the database’s name:</Say>
        </Box>
        <Box flexShrink={1}>
          <TypedLine field={field} active />
        </Box>
      </Box>
      <Paragraph
        look={error === undefined ? 'dim' : 'danger'}
        text={error ?? 'Enter sends the request. Esc sends nothing.'}
        indent={2}
      />
    </Box>
  )
}
