import type { Message, Part } from './message.ts'
import { partsOf, subjectOf } from './parts.ts'

/** Marks of Markdown that stand in names mean themselves. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')

/** A fence longer than any that stands in the code. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((ticks) => ticks.length)))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...lines, fence]
}

function lines(part: Part): string[] {
  switch (part.kind) {
    case 'heading':
      return [`## ${escaped(part.text)}`, '']
    case 'text':
      return [escaped(part.text), '']
    case 'list':
      return part.items.length === 0 ? [] : [...part.items.map((item) => `- ${escaped(item)}`), '']
    case 'code':
      return [...fenced(part.lines), '']
  }
}

/** A message as Markdown, for a ticket or a chat. */
export const markdownOf = (message: Message): string =>
  `${[`# ${escaped(subjectOf(message))}`, '', ...partsOf(message).flatMap((part) => lines(part))].join('\n').trimEnd()}\n`
