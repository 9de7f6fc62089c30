import { wrapped } from '../text.ts'
import { fill, type Howto, type Values } from './howto.ts'

/** The proof that is the same for every client: it must be able to fail. */
const CONTROL = 'Put the roots of another Region in the bundle’s place; the client must refuse to connect:'
const MAKE_WRONG = ['rds-ca-runbook bundle write {BUNDLE} \\', '  --region OTHER --format pem --out wrong.pem']

/** A client's page, in lines of at most 80 columns but for code, which is never broken. */
export function pageOf(howto: Howto, values: Values): string[] {
  const filled = (text: string): string => fill(text, values)
  const items = (texts: readonly string[]): string[] => texts.flatMap((text) => wrapped(filled(text), '  - '))
  return [
    howto.name,
    '',
    'CHANGE',
    ...howto.changes.flatMap(({ where, code }) => [
      ...wrapped(`${filled(where)}:`, '  '),
      '',
      ...code.map((line) => `      ${filled(line)}`),
      '',
    ]),
    'CHECK THAT IT IS IN FORCE',
    ...items([howto.control ?? CONTROL]),
    ...(howto.control === undefined ? MAKE_WRONG.map((line) => `      ${filled(line)}`) : []),
    ...wrapped(`It then says: ${howto.refusal}`, '    '),
    ...items(howto.check),
    '',
    'KNOWN TRAPS',
    ...items(howto.traps),
    '',
    'LOOKS RIGHT, AND IS NOT ENOUGH',
    ...howto.looksRight.flatMap(({ option, does }) => wrapped(`${option}: ${does}.`, '  - ')),
    '',
    `Source: ${howto.source}`,
  ]
}
