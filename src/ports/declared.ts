import type { Decisions } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import type { Digest } from '../rules/words.ts'

/** What is declared about databases and applications. It stands above what was recorded of the same decision. */
export interface Declared {
  decisionsFor(about: About): Partial<Decisions>
  /** Digest of how an application is declared; undefined when it is not. */
  applicationDigest(name: string): Digest | undefined
}
