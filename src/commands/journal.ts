import type { Line } from '../ports/progress.ts'
import type { Body } from '../rules/entries.ts'
import { canonical } from '../rules/words.ts'
import { subjectKey } from '../rules/words.ts'
import { table } from '../ui/view/table.ts'
import { asksFor, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { savedProgress } from './open-session.ts'

/** What a line says, in a few words. */
function saying({ body }: Line<Body>): string {
  switch (body.kind) {
    case 'rotation-started':
      return `${body.name}: ${body.sequence} begun`
    case 'decided':
      return `${body.decision} = ${canonical(body.value)} (${body.said})`
    case 'evidence':
      return `${body.step}: looked, ${body.digest.slice(0, 12)}`
    case 'attempt':
      return `${body.step}: could not look: ${body.reason.code}`
    case 'attested':
      return `${body.step}: ${body.code} attested by ${body.name}, ${body.ticket}`
    case 'question':
      return `question ${body.question} is put`
    case 'asked':
      return `${body.to} is asked ${body.question}, answer due ${new Date(body.due).toISOString().slice(0, 10)}`
    case 'replied':
      return `${body.question} answered from ${body.host} (${body.store}): ${body.roots.length} roots`
    case 'waived':
      return `${body.step}: ${body.code} waived: ${body.why}`
    case 'intent':
      return `${body.step}: intent ${body.intent}: ${body.change.api} ${canonical(body.change.input)}; confirmed by typing "${body.confirmation.typed}"`
    case 'receipt':
      return `intent ${body.intent}: ${body.outcome.kind}`
    case 'resolved':
      return `intent ${body.intent}: ${body.how} (${body.seen.code})`
    case 'rotation-ended':
      return body.how
    case 'waves-halted':
      return `waves halted: ${body.why}`
    case 'waves-resumed':
      return 'waves resumed'
  }
}

/** `journal`: what is on record, line by line. */
export async function journal(flags: CommonFlags): Promise<ExitCode> {
  const progress = savedProgress(flags.stateDir)
  for (const subject of await progress.subjects()) {
    const lines = await (await progress.open(subject)).lines()
    if (asksFor(flags) === 'json') {
      for (const line of lines) output.json({ subject, ...line })
      continue
    }
    output.line(subjectKey(subject))
    const rows = lines.map((line) => [
      `  ${line.seq}`,
      new Date(line.at).toISOString(),
      `${line.who.user}@${line.who.host}`,
      saying(line),
    ])
    for (const row of table(rows)) output.line(row)
  }
  return EXIT.done
}

/** `journal verify`: whether every chain holds from its first line to its last. */
export async function verifyJournals(flags: CommonFlags): Promise<ExitCode> {
  const progress = savedProgress(flags.stateDir)
  let broken = 0
  for (const subject of await progress.subjects()) {
    const check = await progress.check(subject)
    if (check.broken) broken += 1
    if (asksFor(flags) === 'json') output.json(check)
    else if (check.broken) output.line(`BROKEN at line ${check.broken.line}: ${check.broken.why} (${check.file})`)
    else output.line(`holds: ${check.lines} lines: ${subjectKey(subject)}`)
  }
  return broken > 0 ? EXIT.notProven : EXIT.done
}
