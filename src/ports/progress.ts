import type { Instant, Subject, Who } from '../rules/words.ts'

/** One line of a journal: what happened, when, who, chained to the line before it. */
export interface Line<Body> {
  /** 1, 2, 3 … */
  readonly seq: number
  readonly at: Instant
  readonly who: Who
  readonly body: Body
  /** The hash of the line before; 64 zeros for the first. */
  readonly prev: string
  /** SHA-256 of the canonical JSON of the line without this member. */
  readonly hash: string
}

/**
 * The append-only truth about one subject, and the state folded from it.
 * `append` resolves when the line is on disk (fsynced, the directory too when the file is new); another process's lines are taken in first.
 */
export interface Journal<Body, State> {
  readonly subject: Subject
  /** The state after the last line known here. Never mutated: a new value after each change. */
  readonly state: State
  readonly length: number
  append(body: Body, who?: Who): Promise<Line<Body>>
  /** Takes in lines that another process appended. Resolves to whether there were any. */
  refresh(): Promise<boolean>
  lines(): Promise<readonly Line<Body>[]>
}

/** Who holds a subject's lock. `alive` is what the operating system says, not a guess from the pid. */
export interface Holder {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly since: Instant
  readonly purpose: string
}

export interface Hold {
  readonly holder: Holder
  /** Idempotent. The operating system releases it too, when the process dies. */
  release(): void
}

/** Somebody else holds it, now. */
export class HeldByAnother extends Error {
  override readonly name = 'HeldByAnother'
  readonly holder: Holder | undefined
  constructor(message: string, holder: Holder | undefined) {
    super(message)
    this.holder = holder
  }
}

/**
 * Saved progress cannot be used as it is. Corrupt is not absent: nothing is overwritten, the message names file, line and what to do.
 * `code`: `CORRUPT`, `NEWER_FORMAT`, `NO_SPACE`, `NO_ACCESS`, `FOREIGN`, `DIVERGED`.
 */
export class ProgressUnusable extends Error {
  override readonly name = 'ProgressUnusable'
  readonly code: string
  readonly file: string
  constructor(code: string, file: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.file = file
  }
}

export interface JournalCheck {
  readonly subject: Subject
  readonly file: string
  readonly lines: number
  /** Absent when the chain holds from the first line to the last. */
  readonly broken?: { readonly line: number; readonly why: string }
}

export interface Progress<Body, State> {
  readonly directory: string
  /** Opens a subject's journal; nothing is written before the first append. Throws {@link ProgressUnusable}. */
  open(subject: Subject): Promise<Journal<Body, State>>
  /** The subjects that have a journal, in one world or in all. */
  subjects(world?: string): Promise<readonly Subject[]>
  /** Takes a subject's lock or throws {@link HeldByAnother} at once. */
  hold(subject: Subject, purpose: string): Hold
  /** Who holds it now; undefined when nobody does. */
  holder(subject: Subject): Holder | undefined
  check(subject: Subject): Promise<JournalCheck>
  /** The journals of these subjects as one text, to hand a run over. Lines keep their authors, times and hashes. */
  export(subjects: readonly Subject[]): Promise<string>
  /**
   * Takes in exported journals. A journal that continues ours is taken; one that ours continues changes nothing; one that
   * diverges is refused (`DIVERGED`) and nothing at all is written. Resolves to what was taken in.
   */
  import(text: string): Promise<readonly { readonly subject: Subject; readonly added: number }[]>
}
