import { expect } from 'vitest'
import type { Ended } from './program.ts'

/** A sentence for a person: no stack, no name of an error of ours. */
const isASentence = (text: string): void => {
  expect(text).toMatch(/^\S.*\S\n/)
  expect(text).not.toMatch(/^ +at |Bug:|\bnode:internal\b/m)
}

/** It ends with this exit code, and says so on stderr. */
export const refuses = (ended: Ended, code: number, ...says: readonly string[]): void => {
  expect(ended.code, ended.stdout + ended.stderr).toBe(code)
  isASentence(ended.stderr)
  for (const text of says) expect(ended.stderr).toContain(text)
}
