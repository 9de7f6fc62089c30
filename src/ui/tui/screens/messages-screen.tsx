import { Box } from 'ink'
import type { ReactElement } from 'react'
import { utc } from '../../view/duration.ts'
import { inOneLine } from '../../view/said.ts'
import { Paragraph } from '../parts/paragraph.tsx'
import type { Scene } from '../scene/scene.ts'

/** What is to be known of this session, then everything that was said, newest first. */
export function MessagesContent({ scene }: { readonly scene: Scene }): ReactElement {
  const { session, state } = scene
  return (
    <Box flexDirection="column">
      {session.notices.length + state.messages.length === 0 ? <Paragraph text="Nothing so far." indent={2} /> : null}
      {session.notices.map((notice) => (
        <Paragraph key={notice} look="warn" lead="!" text={notice} indent={2} />
      ))}
      {state.messages.toReversed().map((message, at) => (
        <Paragraph
          key={`${state.messages.length - at}`}
          look={message.tone}
          text={`${utc(message.at).slice(11)} ${message.about === undefined ? '' : `${message.about}: `}${inOneLine(message)}`}
          indent={2}
        />
      ))}
    </Box>
  )
}
