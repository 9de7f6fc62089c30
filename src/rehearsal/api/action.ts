import type { RehearsedCa } from '../data-plane.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { databaseArn } from '../world.ts'
import type { Call } from './call.ts'
import { instanceNotFound } from './wire-error.ts'
import type { Xml } from './xml.ts'

/** What a call can see: empty in every Region and account but the rehearsal's own. */
export interface Sight {
  readonly databases: readonly DatabaseState[]
  readonly cas: readonly RehearsedCa[]
  /** The master user and the initial database of a database's server. */
  readonly logIn: (id: string) => { readonly user: string; readonly database: string }
  readonly pace: Pace
}

/** An answer, and what the call changed: the database as it stands after it. */
export interface Reply {
  readonly result: Readonly<Record<string, Xml>>
  readonly effect?: DatabaseState
}

/** Carries out one call. Pure: the effect is a value, made durable before the answer goes out. Throws wire errors. */
export type Action = (call: Call, sight: Sight) => Reply

/** A database by its identifier (in any case, as in AWS) or its ARN. Throws `DBInstanceNotFound`. */
export function findDatabase(sight: Sight, text: string): DatabaseState {
  const wanted = text.toLowerCase()
  const found = sight.databases.find(({ id }) => id === wanted || databaseArn(id) === text)
  if (!found) throw instanceNotFound(text)
  return found
}
