import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'

import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

import type { CaId, DatabaseServer, ServerCertificate } from '../../../../src/rehearsal/data-plane.ts'
import { Authorities } from '../../../../src/rehearsal/pki/authorities.ts'
import { issueUnder } from '../../../../src/rehearsal/pki/issue.ts'
import { type Engine, OPERATOR } from '../../../../src/rehearsal/servers/engine.ts'
import { openMysqlEngine } from '../../../../src/rehearsal/servers/mysql-engine.ts'
import { findMysql } from '../../../../src/rehearsal/servers/mysql-program.ts'
import { openPostgresEngine } from '../../../../src/rehearsal/servers/postgres-engine.ts'
import { RehearsedServer } from '../../../../src/rehearsal/servers/rehearsed-server.ts'
import { openSecret, type Secret } from '../../../../src/rehearsal/servers/secret.ts'
import { type Family, servedLeaf } from '../../../../src/rehearsal/servers/served-leaf.ts'
import { openServerHome, type ServerHome } from '../../../../src/rehearsal/servers/server-home.ts'
import { freePort } from './folder.ts'

export const HOST = 'orders.c9akciq32rhs.ap-northeast-1.rds.example'
const CHEAP: CaId = 'rds-ca-ecc384-g1'

/** Whether this machine has a MariaDB or MySQL server that the tests can run. */
export const mysqlFound = (await findMysql({ directory: '/', account: undefined })).found

/** The parts of a data plane that one engine's tests need, without the keys that they do not. */
export class Workshop {
  readonly folder: string
  readonly home: ServerHome
  readonly secret: Secret
  readonly engine: Engine
  readonly authorities: Authorities

  private constructor(folder: string, home: ServerHome, secret: Secret, engine: Engine) {
    this.folder = folder
    this.home = home
    this.secret = secret
    this.engine = engine
    this.authorities = new Authorities(join(folder, 'pki'), 'ap-northeast-1', false)
  }

  static async open(folder: string, family: Family): Promise<Workshop> {
    const [home, secret] = await Promise.all([openServerHome(folder), openSecret(folder)])
    return new Workshop(folder, home, secret, await Workshop.#engine(home, secret, family))
  }

  static async #engine(home: ServerHome, secret: Secret, family: Family): Promise<Engine> {
    if (family === 'postgres') return openPostgresEngine(home, secret)
    const search = await findMysql(home)
    if (!search.found) throw new Error(`no MySQL server: ${search.looked.join(', ')}`)
    return openMysqlEngine(home, secret, search.program)
  }

  issue(host = HOST): Promise<ServerCertificate> {
    return issueUnder(this.authorities, CHEAP, host)
  }

  /** What {@link hold} needs to know of a server that nobody holds. */
  get login(): Pick<DatabaseServer, 'user' | 'password' | 'database'> {
    return { user: OPERATOR, password: this.secret.passwordOf(OPERATOR), database: this.engine.database }
  }

  async rootPem(): Promise<string> {
    return (await this.authorities.root(CHEAP)).certificatePem
  }

  async start(
    id: string,
    given: { port?: number; certificate?: ServerCertificate; pidLeftBehind?: number } = {},
  ): Promise<RehearsedServer> {
    const { engine, home, secret } = this
    const port = given.port ?? (await freePort())
    const certificate = given.certificate ?? (await this.issue())
    const spec = { id, family: engine.family, hostName: HOST, port }
    return RehearsedServer.open({ engine, home, secret, spec, certificate, pidLeftBehind: given.pidLeftBehind })
  }
}

/** The SHA-256 of the leaf that a new connection is shown. */
export const shown = (server: RehearsedServer): Promise<string | undefined> =>
  servedLeaf(server.family, server.spec.port)

export const leaf = (certificate: ServerCertificate): string => new X509Certificate(certificate.chainPem).fingerprint256

/** A session of the operator's user, and whether it still answers. */
export interface Held {
  answers(): Promise<boolean>
  close(): Promise<void>
}

export interface Login extends Pick<DatabaseServer, 'user' | 'password' | 'database'> {
  readonly family: Family
  readonly spec: { readonly port: number }
}

export async function hold(server: Login): Promise<Held> {
  const { database, password, user } = server
  const login = { host: '127.0.0.1', port: server.spec.port, user, password, database }
  const ssl = { rejectUnauthorized: false }
  if (server.family === 'postgres') {
    const client = new Client({ ...login, ssl })
    client.on('error', () => undefined)
    await client.connect()
    return { answers: () => succeeds(client.query('SELECT 1')), close: () => client.end().catch(() => undefined) }
  }
  const connection = await createConnection({ ...login, ssl })
  connection.on('error', () => undefined)
  return { answers: () => succeeds(connection.query('SELECT 1')), close: async () => connection.destroy() }
}

const succeeds = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )
