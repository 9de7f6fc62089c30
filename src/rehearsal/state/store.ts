import type { DatabaseState } from './database-state.ts'
import type { DatabaseCertificates, RegionState } from './region-state.ts'
import type { RequestLine } from './request-log.ts'

/** What is remembered beside a database when it changes. */
export interface Kept {
  readonly certificates?: DatabaseCertificates
  readonly pid?: number | undefined
}

/** The state of a simulated world, and the only two ways to change it. */
export interface Store {
  readonly state: RegionState
  /** The changes that were asked for, refused ones too, latest last. */
  readonly trail: readonly RequestLine[]
  /** A request together with what it changed: durable in one write, or not at all. */
  record(line: RequestLine): void
  /** What the Region itself did to a database. */
  commit(database: DatabaseState, kept?: Kept): void
}

/** Whether a call asks for a change: AWS names those that do not by these words. */
export const asksForChange = ({ action }: Pick<RequestLine, 'action'>): boolean =>
  !/^(Describe|List|Get|Lookup|Assume|$)/.test(action)

export const findDatabase = ({ state }: Store, key: string): DatabaseState | undefined =>
  state.databases.find((database) => database.key === key)

export function certificatesOf({ state }: Store, key: string): DatabaseCertificates {
  const certificates = state.certificates[key]
  if (!certificates) throw new Error(`Bug: no certificate on record for ${key}`)
  return certificates
}

/** The state after {@link Store.commit}. */
export function withCommitted(
  state: RegionState,
  database: DatabaseState,
  { certificates, pid }: Kept = {},
): RegionState {
  const { key } = database
  return {
    ...state,
    databases: state.databases.map((other) => (other.key === key ? database : other)),
    certificates: certificates ? { ...state.certificates, [key]: certificates } : state.certificates,
    pids: pid === undefined ? state.pids : { ...state.pids, [key]: pid },
  }
}
