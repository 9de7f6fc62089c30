import { join } from 'node:path'
import { ROOT } from './import-graph.ts'
import type { StartOptions, StateDir } from './program.ts'

const HOOK = join(ROOT, 'test', 'support', 'crash-point.mjs')

/** Where the program dies. See the hook, which says what a point is. */
export type CrashOrder =
  /** At the nth point that it passes. */
  | { readonly nth: number }
  /** At the point of this label. */
  | { readonly label: string }
  /** At the first point whose kind is not in this file, to which it is added. */
  | { readonly unseen: string }
  /** Nowhere: each point's label is added to this file. */
  | { readonly log: string }

/** What counts: all that it sends, and files below the state directory, or below another one; files alone; or a change of a database alone. */
export interface Scope {
  readonly root?: string
  readonly only?: 'files' | 'changes'
}

/**
 * Starts the program so that it dies at a point of its own: `start(args, crashing(state, { nth: 57 }))`.
 */
export const crashing = (state: StateDir, order: CrashOrder & Scope): StartOptions => ({
  node: ['--import', HOOK],
  env: { CRASH_POINT: JSON.stringify({ root: state.path, ...order }) },
})
