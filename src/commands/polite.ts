import { openHandshakes, type Handshakes } from '../manners/handshakes.ts'
import type { HandshakeLimits } from '../manners/limits.ts'
import { politeSql } from '../manners/polite-sql.ts'
import { politeWire } from '../manners/polite-wire.ts'
import { CannotLogIn, type Sql } from '../ports/sql.ts'
import { CannotReach, type Wire, type WireQuestion } from '../ports/wire.ts'
import { openSql, type OpenSql } from '../sql/open-sql.ts'
import type { ConnectMap } from '../tls/dial.ts'

export interface PoliteOptions {
  readonly connect: ConnectMap
  /** Where handshakes are counted. */
  readonly directory: string
  readonly limits: HandshakeLimits
}

/** A log-in for the sake of its handshake: it ends at once. */
async function probeByLogIn(sql: OpenSql, { credentials, ...question }: WireQuestion) {
  if (!credentials) throw new Error('Bug: a log-in without credentials')
  try {
    const looked = await sql.look({ ...question, credentials })
    if (!(looked.session instanceof CannotLogIn)) await looked.session.close()
    return looked
  } catch (error) {
    // What kept it from a handshake is what kept the wire from being seen.
    throw error instanceof CannotLogIn && error.cause instanceof CannotReach ? error.cause : error
  }
}

/** Wire and log-ins, which share one count of handshakes. */
export function politely({ connect, directory, limits }: PoliteOptions): {
  readonly wire: Wire
  readonly sql: Sql
  readonly handshakes: Handshakes
} {
  const sql = openSql({ connect, now: Date.now })
  const handshakes = openHandshakes({ directory, limits, now: Date.now })
  return {
    handshakes,
    wire: politeWire({
      wire: { connect, now: Date.now },
      handshakes,
      logIn: (question) => probeByLogIn(sql, question),
    }),
    sql: politeSql(sql, handshakes, (question) => sql.look(question)),
  }
}
