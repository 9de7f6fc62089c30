/** What is wrong with a configuration, in words: where, what is allowed there, and what was probably meant. */
import type { z } from 'zod/mini'
import { nearest } from './near-miss.ts'

type Issue = z.core.$ZodIssue

const either = (values: readonly unknown[]): string => values.map((one) => JSON.stringify(one)).join(' or ')

/** What says that a value has not this form at all, where it is said of the value itself. */
const WHOLLY_OTHER: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value'])

/** Of the forms that a value may have, the one that was meant: a wrong member says more than "not a text either". */
const formMeant = (forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  forms.find((issues) => !issues.some(({ code, path }) => WHOLLY_OTHER.has(code) && path.length === 0))

/** Kinds of values, as who writes YAML knows them. */
const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
}
const kind = (expected: string): string => KINDS[expected] ?? expected

/** What stands at a path of a value; undefined where nothing does. */
const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inside, key) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, key)
        ? (inside as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  )

/** What became of a text without quotation marks that YAML knows otherwise. */
function misread(expected: string, found: unknown): string {
  if (found === null) return ', and nothing stands there'
  if (expected !== 'string' || (typeof found !== 'number' && typeof found !== 'boolean')) return ''
  return `; without quotation marks YAML takes it for ${typeof found === 'number' ? 'a number' : JSON.stringify(found)}`
}

/** What is misspelt, what there is, and what of that was probably meant: only the mapping that does not know a key knows those that it has. */
export const misspelt: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined
  const allowed = Object.keys((issue.inst as z.ZodMiniObject)._zod.def.shape)
  const close = issue.keys.flatMap((key) => nearest(key, allowed) ?? [])
  const meant = close.length > 0 ? `; is ${close.join(', ')} meant?` : ''
  return `unknown: ${issue.keys.join(', ')} (there is ${allowed.join(', ')})${meant}`
}

/** What an issue says is allowed, without its path. */
function allowedBy(issue: Issue, path: readonly PropertyKey[], value: unknown): string {
  if (issue.code === 'invalid_value') return `must be ${either(issue.values)}`
  if (issue.code === 'invalid_key') return issue.issues.map((one) => allowedBy(one, path, value)).join(', ')
  if (issue.code === 'invalid_type') {
    const found = at(value, path)
    const isMissing = found === undefined && path.length > 0
    return `${isMissing ? 'is missing: ' : ''}must be ${kind(issue.expected)}${misread(issue.expected, found)}`
  }
  // A sentence of the schema's own says more.
  if (issue.message !== 'Invalid input') return issue.message
  if (issue.code === 'too_small')
    return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty'
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`
  return issue.message
}

/** Each thing that is wrong with a value, as its path in the file and what is allowed there. */
export function problems(issue: Issue, value: unknown, above: readonly PropertyKey[] = []): string[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union') {
    if ('options' in issue && Array.isArray(issue.options))
      return [`${path.join('.')}: must be ${either(issue.options)}`]
    const inside = formMeant(issue.errors)
    if (inside) return inside.flatMap((one) => problems(one, value, path))
    if (issue.message !== 'Invalid input') return [`${path.join('.')}: ${issue.message}`]
    const forms = issue.errors
      .flatMap((issues) => issues.slice(0, 1))
      .map((one) =>
        one.code === 'invalid_type' ? kind(one.expected) : allowedBy(one, path, value).replace(/^must be /, ''),
      )
    return [`${path.join('.')}: must be ${forms.join(' or ')}`]
  }
  return [`${path.join('.') || 'the file'}: ${allowedBy(issue, path, value)}`]
}
