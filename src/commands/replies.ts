import { readdirSync, readFileSync, statSync } from 'node:fs'
import { text as wholeText } from 'node:stream/consumers'
import { join } from 'node:path'
import { takeReplies, type Took } from '../people/take-replies.ts'
import { errno } from '../progress/unusable.ts'
import { refusalSays } from '../people/refusals.ts'
import { subjectKey } from '../rules/words.ts'
import { asksFor, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { savedProgress } from './open-session.ts'
import { OperatorError } from './operator-error.ts'
import { tookSays } from './people/took-says.ts'

/** Nobody's mail is larger than this, and a folder may hold other things. */
const LARGEST = 10 * 1024 * 1024

interface Source {
  readonly from: string
  readonly text: string
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such file or folder',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ERR_STRING_TOO_LONG: 'it is too large to be read',
}

function unreadable(path: string, error: unknown): OperatorError {
  const why = WHY[errno(error) ?? ''] ?? (error instanceof Error ? error.message : String(error))
  return new OperatorError(EXIT.usage, `${path} cannot be read: ${why}. What was taken in before stays on record.`)
}

function readFile(path: string): Source {
  try {
    return { from: path, text: readFileSync(path, 'utf8') }
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function sourcesOf(path: string): Promise<readonly Source[]> {
  if (path === '-') return [{ from: 'stdin', text: await wholeText(process.stdin) }]
  let files: string[]
  try {
    const found = statSync(path)
    if (!found.isDirectory()) return [readFile(path)]
    files = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  } catch (error) {
    throw error instanceof OperatorError ? error : unreadable(path, error)
  }
  return files
    .map((name) => join(path, name))
    .filter((file) => {
      const found = statSync(file, { throwIfNoEntry: false })
      return found?.isFile() === true && found.size <= LARGEST
    })
    .map((file) => readFile(file))
}

function tellJson(from: string, took: Took): void {
  const { probed } = took
  const application = took.application && subjectKey(took.application)
  if (took.kind === 'taken') return output.json({ event: 'taken', from, application, reply: probed })
  return output.json({
    event: 'refused',
    from,
    application,
    ...took.reason,
    ...refusalSays(took.reason),
    reply: probed,
  })
}

/** `replies`: takes in the lines that come back, from a file, a folder or standard input; whatever stands around them is looked past. */
export async function replies(path: string, flags: CommonFlags): Promise<ExitCode> {
  const progress = savedProgress(flags.stateDir)
  const json = asksFor(flags) === 'json'
  let found = 0
  let refused = 0
  for (const { from, text } of await sourcesOf(path)) {
    for (const took of await takeReplies(text, { progress, from, now: Date.now })) {
      found += 1
      // A folder is taken in again and again, with what has come since.
      if (took.kind === 'refused' && took.reason.code !== 'duplicate') refused += 1
      if (json) tellJson(from, took)
      else for (const line of tookSays(took, from)) output.line(line)
    }
  }
  if (!json && found === 0)
    output.line(
      `There is no reply in ${path === '-' ? 'standard input' : path}: a reply begins with rds-ca-reply and ends with .end.`,
    )
  if (!json && found > refused) output.line('On record. 04 takes it in at its next look: Enter in the wizard, or plan.')
  return found === 0 || refused > 0 ? EXIT.notProven : EXIT.done
}
