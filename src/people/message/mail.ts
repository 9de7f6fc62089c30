import { wrapped } from '../../bundle/text.ts'
import type { Message, Part } from './message.ts'
import { partsOf, subjectOf } from './parts.ts'

function lines(part: Part): string[] {
  switch (part.kind) {
    case 'heading':
      return ['', part.text, '-'.repeat(part.text.length), '']
    case 'text':
      return [...wrapped(part.text, ''), '']
    case 'list':
      return part.items.length === 0 ? [] : [...part.items.flatMap((item) => wrapped(item, '  - ')), '']
    case 'code':
      return [...part.lines.map((line) => `    ${line}`), '']
  }
}

/** Header values are one line each: a name with a line end in it must not make another header. */
const headerValue = (value: string): string => value.replace(/\p{Cc}+/gu, ' ').trim()

/** A mail as text: To and Subject, an empty line, and the body. Code is never wrapped. */
export function mailOf(message: Message): string {
  const { owner } = message
  const to = owner.mail === undefined ? owner.name : `${owner.name} <${owner.mail}>`
  const head = [`To: ${headerValue(to)}`, `Subject: ${headerValue(subjectOf(message))}`, '']
  return `${[...head, ...partsOf(message).flatMap((part) => lines(part))].join('\n').trimEnd()}\n`
}
