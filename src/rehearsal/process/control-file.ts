import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { writeAtomically } from '../state/atomic-file.ts'

/** How to reach a living Region's control path. Written when it is ready, removed when it ends, left behind by a kill. */
const controlFile = z.object({ pid: z.number(), endpoint: z.string(), token: z.string() })
export type ControlFile = z.infer<typeof controlFile>

export const writeControlFile = (path: string, control: ControlFile): void =>
  writeAtomically(path, `${JSON.stringify(control)}\n`)

/** Undefined when there is none, or none that can be used: it proves nothing either way. */
export function readControlFile(path: string): ControlFile | undefined {
  try {
    return controlFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}
