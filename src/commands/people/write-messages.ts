import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Message, MessageFormat } from '../../people/message/message.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'
import { fileName } from './probe-files.ts'

const ENDINGS: Readonly<Record<MessageFormat, string>> = { mail: 'txt', markdown: 'md', slack: 'json' }

/**
 * Writes an owner's message and the probes that go with it into a folder of the owner's own, over those of an earlier message. Resolves to
 * the paths. Throws OperatorError where that cannot be done; then nobody counts as asked.
 */
export async function writeMessages(
  out: string,
  message: Message,
  format: MessageFormat,
  texts: readonly string[],
): Promise<readonly string[]> {
  const folder = join(out, fileName(message.owner.name))
  const files = [
    ...texts.map((text, index) => ({ file: `message${index === 0 ? '' : `-${index + 1}`}.${ENDINGS[format]}`, text })),
    ...message.applications.flatMap(({ probes }) => probes.map(({ file, text }) => ({ file, text }))),
  ]
  try {
    await mkdir(folder, { recursive: true })
    for (const { file, text } of files) await writeFile(join(folder, file), text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new OperatorError(
      EXIT.usage,
      `--out ${out} cannot be written to: ${why}. ${message.owner.name} is not on record as asked.`,
    )
  }
  return files.map(({ file }) => join(folder, file))
}
