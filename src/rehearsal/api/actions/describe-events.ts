import type { DatabaseState } from '../../state/database-state.ts'
import { membersOf, type Action, type Sight } from '../action.ts'
import { integer, listed, timestamp } from '../call.ts'
import { filtersOf } from '../filters.ts'
import { page } from '../paging.ts'
import { clusterArn, databaseArn } from '../../world.ts'
import { invalidCombination } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

const MINUTE = 60_000
/** Minutes. */
const FORTNIGHT = 14 * 24 * 60

/** DescribeEvents: the last 60 minutes unless told otherwise, and never more than 14 days, as in AWS. */
export const describeEvents: Action = (call, sight) => {
  filtersOf(call, [])
  const { SourceIdentifier: source, SourceType: type } = call.parameters
  if (source !== undefined && type === undefined)
    throw invalidCombination('The parameter SourceIdentifier may only be used together with SourceType.')
  const duration = integer(call, 'Duration', 1, FORTNIGHT) ?? 60
  const till = timestamp(call, 'EndTime') ?? sight.pace.now
  const from = timestamp(call, 'StartTime') ?? till - duration * MINUTE
  const categories = listed(call, 'EventCategories')
  const found = sourcesOf(sight, type, source)
    .flatMap(({ databases, ...about }) =>
      databases.flatMap(({ key, events }) => events.map((event, index) => ({ ...event, ...about, key, index }))),
    )
    .filter(({ at }) => at >= from && at <= till)
    .filter(({ category }) => categories.length === 0 || categories.includes(category))
  const keyOf = (event: { at: number; key: string; index: number }): string =>
    `${String(event.at).padStart(15, '0')} ${event.key} ${String(event.index).padStart(6, '0')}`
  const { items, marker } = page(call, found, keyOf)
  return {
    result: {
      Marker: marker,
      Events: new XmlList(
        'Event',
        items.map(({ at, message, category, id, arn, type: sourceType }) => ({
          SourceIdentifier: id,
          SourceType: sourceType,
          Message: message,
          EventCategories: new XmlList('EventCategory', [category]),
          Date: new Date(at),
          SourceArn: arn,
        })),
      ),
    },
  }
}

interface Source {
  readonly id: string
  readonly arn: string
  readonly type: 'db-instance' | 'db-cluster'
  /** Whose events are its own: a cluster's are those of its members. */
  readonly databases: readonly DatabaseState[]
}

function sourcesOf(sight: Sight, type: string | undefined, source: string | undefined): readonly Source[] {
  const clusters = sight.clusters.map((cluster): Source => {
    const databases = membersOf(sight.databases, cluster)
    return { id: cluster.id, arn: clusterArn(cluster), type: 'db-cluster', databases }
  })
  const instances = sight.databases.map((database): Source => {
    return { id: database.id, arn: databaseArn(database), type: 'db-instance', databases: [database] }
  })
  // Without a type everything is asked for; a cluster's events would come twice.
  const asked = type === 'db-cluster' ? clusters : type === undefined || type === 'db-instance' ? instances : []
  return asked.filter(({ id }) => (source ?? id) === id)
}
