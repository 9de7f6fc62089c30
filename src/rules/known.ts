import type { Decisions } from './decisions.ts'
import type { SubjectRecord } from './record.ts'
import type { About } from './step.ts'
import type { Digest, Who } from './words.ts'

/** One subject and everything on record about it. */
export interface KnownSubject {
  readonly about: About
  readonly record: SubjectRecord
}

/** An application, and the digest of how it is declared now: facts about another declaration are outdated. */
export interface KnownApplication extends KnownSubject {
  readonly declared: Digest
}

/** Everything that the assessment of one database can need: the evidence of every subject that a need names. */
export interface Known extends KnownSubject {
  /** What the configuration says now; it stands above what was recorded of the same decision. */
  readonly declared: Partial<Decisions>
  readonly bundle: KnownSubject
  readonly applications: ReadonlyMap<string, KnownApplication>
  /** Absent when there is no twin, or it is not known here. */
  readonly twin?: KnownTwin
  /** The databases that the same clients may land on, by what was last seen of its group. */
  readonly peers?: readonly Known[]
}

/** The members of a cluster that stands surety as a whole; absent where the twin itself carries the CA. */
export interface KnownTwin extends Known {
  readonly members?: readonly Known[]
}

/** Who holds a database's lock. `self`: this very process. */
export interface HeldBy extends Who {
  readonly pid: number
  readonly self: boolean
}
