import type { Decisions, Verification } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import type { Digest } from '../rules/words.ts'
import type { TrustStoreLocation } from './trust-stores.ts'

/** What is declared about databases and applications. It stands above what was recorded of the same decision. */
export interface Declared {
  decisionsFor(about: About): Partial<Decisions>
  /** Digest of how an application is declared; undefined when it is not. */
  applicationDigest(name: string): Digest | undefined
}

/** An application as somebody declares it on screen: what most have. The rest is for the configuration. */
export interface DeclaredOnScreen {
  readonly name: string
  readonly owner: string
  readonly verification: Verification
  readonly users: readonly string[]
  /** Absent: it loads none, or nobody knows which. */
  readonly trustStore?: TrustStoreLocation
}
