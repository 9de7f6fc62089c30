import type { Action } from '../action.ts'
import { integer, listed, timestamp } from '../call.ts'
import { filtersOf } from '../filters.ts'
import { page } from '../paging.ts'
import { databaseArn } from '../../world.ts'
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
  const found = sight.databases
    .filter(({ id }) => (type ?? 'db-instance') === 'db-instance' && (source ?? id) === id)
    .flatMap((database) => database.events.map((event, index) => ({ ...event, database, index })))
    .filter(({ at }) => at >= from && at <= till)
    .filter(({ category }) => categories.length === 0 || categories.includes(category))
  const keyOf = (event: { at: number; database: { id: string }; index: number }): string =>
    `${String(event.at).padStart(15, '0')} ${event.database.id} ${String(event.index).padStart(6, '0')}`
  const { items, marker } = page(call, found, keyOf)
  return {
    result: {
      Marker: marker,
      Events: new XmlList(
        'Event',
        items.map(({ at, message, category, database }) => ({
          SourceIdentifier: database.id,
          SourceType: 'db-instance',
          Message: message,
          EventCategories: new XmlList('EventCategory', [category]),
          Date: new Date(at),
          SourceArn: databaseArn(database.id),
        })),
      ),
    },
  }
}
