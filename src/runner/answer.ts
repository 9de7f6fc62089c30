import type { StandingShortfall } from '../rules/position.ts'
import type { Instant } from '../rules/words.ts'
import type { Desk } from './desk.ts'

/** Goes on without proof, for one shortfall, in this rotation, with a typed reason. Throws when the shortfall may not be waived. */
export async function waive(
  desk: Desk,
  step: string,
  { shortfall, covers }: StandingShortfall,
  why: string,
): Promise<void> {
  if (shortfall.allows !== 'waiver') throw new Error(`"${shortfall.code}" cannot be waived`)
  if (why.trim() === '') throw new Error('a waiver needs a reason')
  const rotation = await desk.rotate()
  const { code, args } = shortfall
  await desk.own.append({ kind: 'waived', rotation: rotation.id, step, code, args, covers, why: why.trim() })
}

export interface Attested {
  /** The person whose word it is. */
  readonly name: string
  readonly ticket: string
  readonly until: Instant
}

/** Puts a named person's word on record, for one shortfall. It belongs to the application that it is about, where there is one. */
export async function attest(
  desk: Desk,
  step: string,
  { shortfall, covers, about }: StandingShortfall,
  word: Attested,
): Promise<void> {
  if (shortfall.allows !== 'attestation') throw new Error(`"${shortfall.code}" cannot be attested`)
  if (word.name.trim() === '' || word.ticket.trim() === '') throw new Error('an attestation needs a name and a ticket')
  if (word.until <= desk.deps.now()) throw new Error('an attestation needs an end that lies ahead')
  const { code, args } = shortfall
  const journal = desk.journal((about ?? desk.about).subject)
  await journal.append({
    kind: 'attested',
    step,
    code,
    args,
    covers,
    name: word.name.trim(),
    ticket: word.ticket.trim(),
    until: word.until,
  })
}
