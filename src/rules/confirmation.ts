/** A person's word that exactly these requests are to be sent. */
import { changeDigest, type Change } from './change.ts'
import type { Digest, Instant, Who } from './words.ts'

/** What was confirmed, where it was more than the one change of one database. */
export type ConfirmedWhole =
  | { readonly kind: 'wave'; readonly name: string }
  /** `plan`: the digest of the plan that was approved; `approver`: whose name was given for it. */
  | { readonly kind: 'plan'; readonly name: string; readonly plan: Digest; readonly approver: string }

/** Who confirmed which requests, when, and what was typed. */
export interface Confirmation {
  readonly typed: string
  readonly digests: readonly Digest[]
  readonly at: Instant
  readonly by: Who
  /** Absent: one database's own change was confirmed, by its name. */
  readonly of?: ConfirmedWhole | undefined
}

/** What has to be typed for a wave or a plan: its name and how many databases it changes, so that nobody confirms a number that they did not read. */
export const wholeName = (name: string, databases: number): string => `${name} ${databases}`

/** What had to be typed for a confirmation to count for a database of this name. */
const expectedOf = ({ of, digests }: Confirmation, name: string): string =>
  of ? wholeName(of.name, digests.length) : name

/** The confirmation is what it must be: the right words typed, and for exactly this request. The sentence says what is wrong. */
export function confirmationFails(confirmation: Confirmation, name: string, change: Change): string | undefined {
  const expected = expectedOf(confirmation, name)
  if (confirmation.typed !== expected)
    return `"${confirmation.typed}" was typed, and ${confirmation.of ? 'what has to be typed' : 'the name'} is "${expected}"`
  // A database that is named twice would make the number that was typed a lie.
  if (new Set(confirmation.digests).size !== confirmation.digests.length)
    return 'the confirmation names the same request twice'
  if (!confirmation.digests.includes(changeDigest(change)))
    return 'the confirmation is for another request than the one that would be sent'
  return undefined
}
