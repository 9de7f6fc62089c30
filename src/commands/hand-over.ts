import { readFileSync, writeFileSync } from 'node:fs'
import { subjectKey } from '../rules/words.ts'
import { output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'
import { savedProgress } from './open-session.ts'

/** `export FILE`: every journal as one file, to hand a run over. `-` is standard output. The file is new, and 0600. */
export async function exportProgress(file: string, flags: CommonFlags): Promise<ExitCode> {
  const progress = savedProgress(flags.stateDir)
  const subjects = await progress.subjects()
  const text = await progress.export(subjects)
  if (file === '-') {
    process.stdout.write(text)
    return EXIT.done
  }
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new OperatorError(
      EXIT.usage,
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}. Nothing was exported.`,
    )
  }
  output.line(
    `${subjects.length} journals exported to ${file}. It holds no credentials; it does name databases, people and accounts.`,
  )
  return EXIT.done
}

/** `import FILE`: takes over what a colleague exported, with its authors intact. `-` is standard input. */
export async function importProgress(file: string, flags: CommonFlags): Promise<ExitCode> {
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new OperatorError(
      EXIT.usage,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  for (const { subject, added } of await savedProgress(flags.stateDir).import(text))
    output.line(added > 0 ? `${added} lines added: ${subjectKey(subject)}` : `nothing new: ${subjectKey(subject)}`)
  return EXIT.done
}
