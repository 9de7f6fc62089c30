import { integer, type Call } from './call.ts'
import { invalidValue } from './wire-error.ts'

/** Small on purpose: AWS's least is 20, and a client that forgets the next page must notice here. */
export const PAGE_SIZE = 2

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Sent as `Marker` when more follow. */
  readonly marker: string | undefined
}

/**
 * One page of records, in the order of their keys. The marker names the last record given, so that records that come or
 * go between two pages neither repeat nor hide others. `MaxRecords` is honoured where it is smaller than a page.
 */
export function page<Item>(call: Call, items: readonly Item[], keyOf: (item: Item) => string): Page<Item> {
  const size = Math.min(integer(call, 'MaxRecords', 1, 100) ?? PAGE_SIZE, PAGE_SIZE)
  const after = keyAfter(call)
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const taken = rest.slice(0, size)
  const last = taken.at(-1)
  return {
    items: taken.map(({ item }) => item),
    marker: last && rest.length > taken.length ? markerFor(call.action, last.key) : undefined,
  }
}

const markerFor = (action: string, key: string): string => Buffer.from(`${action}\n${key}`).toString('base64url')

function keyAfter(call: Call): string | undefined {
  const marker = call.parameters['Marker']
  if (!marker) return undefined
  const [action, key] = Buffer.from(marker, 'base64url').toString().split('\n')
  if (action !== call.action || key === undefined) throw invalidValue('The request marker is invalid.')
  return key
}
