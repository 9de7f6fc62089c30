import type { CensusFacts } from '../../../steps/02-census.ts'
import type { VerifyFacts } from '../../../steps/09-verify.ts'
import { mayUseTls } from '../../rules/census.ts'
import { changeBy, compare, seenBefore, type NewCertificate, type Returned, type Whose } from '../../rules/returned.ts'
import type { Tally } from '../../rules/tally.ts'
import type { Desk } from '../../runner/desk.ts'

export interface Compared extends Returned {
  readonly change: NewCertificate
}

/** By what a database's clients are told, as decided. */
export const whoseOf = ({ decided }: Desk): Whose => ({
  applications: decided.applications ?? [],
  accounted: decided.clients ?? [],
})

/** Who has come back since the last rotation, ours or not. Undefined: nothing shows that there has been one. */
export function comparedBy(desk: Desk, tally: Tally, whose: Whose): Compared | undefined {
  const { steps } = desk.assess()
  const census = steps.get('census')?.facts as CensusFacts | undefined
  const verify = steps.get('verify')?.facts as VerifyFacts | undefined
  const leaf = tally.leaves.at(-1)
  if (!leaf) return undefined
  const seenAt = verify?.basis.leaf === leaf.sha256 ? verify.detail.servedSince : Infinity
  const sentAt = desk.rotation?.sendings.at(-1)?.answer?.at
  const change = changeBy({
    sentAt: sentAt !== undefined && leaf.last >= sentAt ? sentAt : undefined,
    census: census && { at: census.detail.at, leaf: census.detail.leaf },
    served: { leaf: leaf.sha256, ends: leaf.ends, since: Math.min(seenAt, leaf.first) },
    started: tally.starts.at(-1),
    tally,
  })
  if (!change) return undefined
  const before = [...(census?.detail.clients.filter((one) => mayUseTls(one)) ?? []), ...seenBefore(tally, change.since)]
  return { change, ...compare(before, tally.sightings, change, whose) }
}
