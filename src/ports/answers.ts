import type { Reply } from '../rules/asking.ts'

/** What the people of an application ran where it lives, and sent back. */
export interface Answers {
  /** The replies that count now (see `answersOf`); none where nobody has answered. */
  of(world: string, application: string): Promise<readonly Reply[]>
}
