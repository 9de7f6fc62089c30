import type { Desk } from '../../runner/desk.ts'
import { subjectKey } from '../../rules/words.ts'
import { twinsFor, type Listed, type TwinProposal } from '../../rules/twins.ts'
import type { Session, SessionDatabase } from '../session.ts'

function listed({ desk, record }: SessionDatabase): Listed[] {
  if (!record) return []
  const clusterId = record.kind === 'database' && record.engine.startsWith('aurora') ? record.clusterId : undefined
  const environment = desk.decided.environment ?? 'production'
  return [{ about: desk.about, engine: record.engine, clusterId, tags: record.tags, environment }]
}

/** The staging databases of this session that could stand surety for a database, the likeliest first. */
export function twinsOf({ databases }: Pick<Session, 'databases'>, desk: Desk): readonly TwinProposal[] {
  const key = subjectKey(desk.about.subject)
  const all = databases.flatMap((one) => listed(one))
  const own = all.find(({ about }) => subjectKey(about.subject) === key)
  return own ? twinsFor(own, all) : []
}

/** Why it may be the one, in words: `same name, same tags: service`. */
export const twinWords = ({ twin, sameName, sameTags, engine }: TwinProposal): string =>
  [
    twin.members ? `the cluster ${twin.name}, ${twin.members.length} members` : twin.name,
    engine,
    ...(sameName ? ['same name'] : []),
    ...(sameTags.length > 0 ? [`same tags: ${sameTags.join(', ')}`] : []),
  ].join(', ')
