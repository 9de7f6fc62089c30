import { fileURLToPath } from 'node:url'
import type { Entry } from '../../../../src/rehearsal/join.ts'

const PROGRAM = fileURLToPath(new URL('region-process.ts', import.meta.url))

/** Starts `region-process.ts` on a folder. */
export const entryFor = (directory: string, ...flags: readonly string[]): Entry => ({
  command: process.execPath,
  args: [PROGRAM, directory, ...flags],
})
