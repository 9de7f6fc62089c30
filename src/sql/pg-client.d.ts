/**
 * pg's client alone: the package's main module loads another implementation (libpq) when NODE_PG_FORCE_NATIVE is set.
 * `./lib/*` is among the exports that the package declares.
 */
declare module 'pg/lib/client.js' {
  import type { Client } from 'pg'

  const PgClient: typeof Client
  export default PgClient
}
