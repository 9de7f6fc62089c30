import { XmlList, type Xml } from './xml.ts'

/** A value of an answer as the JSON protocols write it: instants in seconds since 1970. */
export function asJson(value: Xml): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (value instanceof XmlList) return value.items.map((item) => asJson(item))
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]))
}
