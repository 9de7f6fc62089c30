/**
 * The words that every other file uses. Pure: no I/O, no clock.
 */
import { createHash } from 'node:crypto'

/** Milliseconds since 1970-01-01T00:00Z. The rules have no clock: whoever calls says what time it is. */
export type Instant = number

/** SHA-256, lower-case hex, of a value's canonical JSON. */
export type Digest = string & { readonly __digest: unique symbol }

/** What evidence can be about. */
export const SUBJECT_KINDS = ['database', 'cluster', 'application', 'bundle', 'waves', 'account'] as const
export type SubjectKind = (typeof SUBJECT_KINDS)[number]

/**
 * One thing that evidence is about, in one world. Evidence counts for exactly one subject.
 * - `world`: the API endpoint and the account, see {@link worldOf}.
 * - `region`: absent for applications, which are the same application in every Region.
 * - `id`: the resource id that AWS never reuses (`db-ABC…`), or a declared name.
 */
export interface Subject {
  readonly kind: SubjectKind
  readonly world: string
  readonly region?: string
  readonly id: string
}

/** The world of an account behind an API endpoint. `endpoint` is absent for AWS's own endpoints. */
export const worldOf = (account: string, endpoint?: string): string =>
  `${endpoint ? endpoint.replace(/\/+$/, '') : 'aws'}|${account}`

/** The account that a world is of. */
export const accountIn = (world: string): string => world.slice(world.lastIndexOf('|') + 1)

/** The account and Region of a subject or a request, for people: `111122223333 eu-central-1`. */
export const placeWords = ({ world, region }: { readonly world: string; readonly region?: string }): string =>
  [accountIn(world), region].filter((part) => part !== undefined).join(' ')

/** A subject's identity as one string: equal keys are the same subject. */
export const subjectKey = (subject: Subject): string =>
  [subject.kind, subject.world, subject.region ?? '-', subject.id].join('|')

export const sameSubject = (a: Subject, b: Subject): boolean => subjectKey(a) === subjectKey(b)

/** Who did something: the operating system's user and host, or the name that a person gave. */
export interface Who {
  readonly user: string
  readonly host: string
}

/** What a reason's text is filled in with. */
export type Args = Readonly<Record<string, string | number | boolean | readonly string[]>>

/**
 * Why something is not so, as a code with arguments: evidence outlives a language.
 * The text stands in `steps/` (English) and, later, in other languages typed against it.
 */
export interface Reason {
  readonly code: string
  readonly args: Args
}

/** A text with each `{name}` filled in with the argument of that name; one that there is no argument for stands as it is. */
export const fillIn = (template: string, args: Args): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = args[name]
    if (value === undefined) return whole
    return typeof value === 'object' ? value.join(', ') : String(value)
  })

/** Canonical JSON: keys sorted, undefined left out. Throws on what JSON cannot hold. */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot hold ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item === undefined ? null : item)).join(',')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    return `{${members.join(',')}}`
  }
  throw new TypeError(`canonical JSON cannot hold a ${typeof value}`)
}

/** The digest of a value: equal canonical JSON, equal digest. */
export const digestOf = (value: unknown): Digest =>
  createHash('sha256').update(canonical(value)).digest('hex') as Digest
