/** A journal for tests: words, and the state that counts them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProgress } from '../../src/progress/open-progress.ts'
import { layoutOf, type Layout } from '../../src/progress/layout.ts'
import type { ProgressOptions } from '../../src/progress/options.ts'
import type { Progress } from '../../src/ports/progress.ts'
import type { Subject, Who } from '../../src/rules/words.ts'

export interface Word {
  readonly word: string
  readonly note?: string | undefined
}

export interface Tally {
  readonly count: number
  readonly words: readonly string[]
  readonly authors: readonly string[]
}

export const anna: Who = { user: 'anna', host: 'bastion-1' }
export const bert: Who = { user: 'bert', host: 'bastion-2' }

export function parseWord(body: unknown): Word {
  if (typeof body === 'object' && body !== null && 'word' in body && typeof body.word === 'string') {
    return 'note' in body && typeof body.note === 'string' ? { word: body.word, note: body.note } : { word: body.word }
  }
  throw new Error('it is no word')
}

export const tallyOptions = (directory: string, who: Who = anna): ProgressOptions<Word, Tally> => ({
  directory,
  initial: { count: 0, words: [], authors: [] },
  fold: (state, line) => ({
    count: state.count + 1,
    words: [...state.words, line.body.word],
    authors: [...state.authors, line.who.user],
  }),
  parse: parseWord,
  now: () => 1_795_000_000_000,
  who,
})

export const openTally = (directory: string, who: Who = anna): Progress<Word, Tally> =>
  openProgress(tallyOptions(directory, who))

export const subject = (id: string, world = 'aws|123456789012'): Subject => ({
  kind: 'database',
  world,
  region: 'eu-west-1',
  id,
})

export const orders = subject('db-ORDERS')

export const filesOf = (directory: string, of: Subject = orders): Layout => layoutOf(directory, of)

/** Temporary directories, removed by `cleanUp`. */
export function scratch(): { make(): Promise<string>; cleanUp(): Promise<void> } {
  const made: string[] = []
  return {
    async make() {
      const directory = await mkdtemp(join(tmpdir(), 'rds-ca-runbook-progress-'))
      made.push(directory)
      return directory
    },
    async cleanUp() {
      await Promise.all(made.splice(0).map((directory) => rm(directory, { recursive: true, force: true })))
    },
  }
}

/** A journal of these words by anna, in a new directory. */
export async function saved(directory: string, words: readonly string[], of: Subject = orders): Promise<void> {
  const journal = await openTally(directory).open(of)
  for (const word of words) await journal.append({ word })
}

/** What a promise or a function was refused with: its code. Fails when it was not refused. */
export async function refusal(
  action: () => unknown,
): Promise<{ code: string; message: string; file: string; name: string }> {
  try {
    await action()
  } catch (error) {
    const { code = '', message = '', file = '', name = '' } = error as Partial<Record<string, string>>
    return { code, message, file, name }
  }
  throw new Error('it was not refused')
}

/** Seeded random numbers in [0, 1) (mulberry32): a failure can be run again. */
export function random(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
