import { identify } from '../../../steps/01-identify.ts'
import { verify } from '../../../steps/09-verify.ts'
import { declaredOf } from '../../config/declared.ts'
import { namesAlone } from '../../config/names.ts'
import type { Config } from '../../config/schema.ts'
import { decisionsOf } from '../../rules/decided.ts'
import type { Evidence } from '../../rules/evidence.ts'
import { presentRotation } from '../../rules/record.ts'
import type { Instant } from '../../rules/words.ts'
import type { SavedProgress } from '../../runner/deps.ts'
import type { Root, TargetRoot } from '../../stores/wanted.ts'

/** What 01 saw of a database, and what is decided about it, else proposed. */
export interface OnRecord {
  readonly region: string
  /** The Aurora cluster that it is a member of. */
  readonly cluster?: string | undefined
  readonly target?: TargetRoot | undefined
  /** The root that is served, while it has not expired. */
  readonly served?: Root | undefined
}

/** SHA-1 of the root that 09 saw served, where it looked later than 01: the change came in between. */
function servedSince(saw: Evidence | undefined, identified: Instant): string | undefined {
  return saw && saw.at > identified ? verify.parse(saw.facts)?.basis.root : undefined
}

/** What saved progress knows of databases, by name; of two of one name, the one that was looked at last. */
export async function databasesOnRecord(
  progress: SavedProgress,
  config: Config,
  now: Instant,
): Promise<ReadonlyMap<string, OnRecord>> {
  const found = new Map<string, OnRecord & { readonly at: Instant }>()
  for (const subject of (await progress.subjects()).filter(({ kind }) => kind === 'database' || kind === 'cluster')) {
    const { state } = await progress.open(subject)
    const evidence = state.evidence['identify']
    const facts = evidence && identify.parse(evidence.facts)
    if (!facts || evidence.at < (found.get(facts.basis.name)?.at ?? 0)) continue
    const { name, region, ca, thumbprint, candidates, clusterId: cluster } = facts.basis
    const declared = declaredOf(config, namesAlone({ name, subject, cluster }))?.target
    const decided = decisionsOf({}, presentRotation(state), declared === undefined ? {} : { target: { ca: declared } })
    const target = candidates.find((one) => one.ca === (decided.target?.ca ?? facts.detail.proposed))
    const proposed = decided.target === undefined && { proposed: true as const }
    const seen = servedSince(state.evidence['verify'], evidence.at)
    const shown = seen === undefined ? undefined : candidates.find((one) => one.thumbprint === seen)
    const matters = thumbprint !== undefined && (facts.detail.caValidTill ?? Infinity) > now
    found.set(name, {
      at: evidence.at,
      region,
      cluster,
      ...(target && { target: { ca: target.ca, sha1: target.thumbprint, ...proposed } }),
      ...(shown
        ? { served: { ca: shown.ca, sha1: shown.thumbprint } }
        : matters && { served: { ca, sha1: thumbprint } }),
    })
  }
  return found
}
