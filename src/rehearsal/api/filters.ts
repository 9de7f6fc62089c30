import type { Call } from './call.ts'
import { invalidValue } from './wire-error.ts'

/** `Filters.Filter.N.Name` and its values, ORed within a filter and ANDed between filters, as in AWS. */
export type Filters = ReadonlyMap<string, ReadonlySet<string>>

/** The filters of a call. Throws `InvalidParameterValue` for a name that the action does not know. */
export function filtersOf(call: Call, known: readonly string[]): Filters {
  const filters = new Map<string, Set<string>>()
  for (let n = 1; ; n++) {
    const name = call.parameters[`Filters.Filter.${n}.Name`]
    if (name === undefined) return filters
    if (!known.includes(name)) throw invalidValue(`Unrecognized filter name: ${name}`)
    const values = filters.get(name) ?? new Set()
    for (let m = 1; ; m++) {
      const value = call.parameters[`Filters.Filter.${n}.Values.Value.${m}`]
      if (value === undefined) break
      values.add(value)
    }
    filters.set(name, values)
  }
}

/** Whether a record passes: `facts` gives, for each filter name, the values (name, ARN) under which it can be asked for. */
export const passes = (filters: Filters, facts: Readonly<Record<string, readonly string[]>>): boolean =>
  [...filters].every(([name, wanted]) => (facts[name] ?? []).some((fact) => wanted.has(fact)))
