import { join } from 'node:path'

import type { DatabaseServer, ServerCertificate, ServerSpec } from '../data-plane.ts'
import { CannotServe } from './cannot-serve.ts'
import { type Engine, OPERATOR, type ServerPlace } from './engine.ts'
import { AS_IT_SHOULD_BE, type Manner } from './manner.ts'
import type { Secret } from './secret.ts'
import { type Family, leafOf, servedLeaf } from './served-leaf.ts'
import type { ServerHome } from './server-home.ts'
import { ServerProcess } from './server-process.ts'
import { waitUntil } from './wait-until.ts'
import { makePassage } from './whole-directory.ts'
import { writeWholeFile } from './whole-file.ts'

const SERVED_WITHIN = 10_000
const POLL = 10

export interface OpenServerQuestion {
  readonly engine: Engine
  readonly home: ServerHome
  readonly secret: Secret
  readonly spec: ServerSpec
  readonly certificate: ServerCertificate
  readonly pidLeftBehind?: number | undefined
}

/** One database of the simulated Region. Its changes are made one after the other, in the order in which they were asked for. */
export class RehearsedServer implements Omit<DatabaseServer, 'disguise'> {
  readonly spec: ServerSpec
  readonly user = OPERATOR
  readonly password: string
  readonly database: string
  readonly runs: string
  /** The protocol that it really speaks, which is PostgreSQL's where no MySQL server was found. */
  readonly family: Family
  readonly #process: ServerProcess
  readonly #home: ServerHome
  #last: Promise<unknown> = Promise.resolve()

  private constructor(question: OpenServerQuestion, process: ServerProcess) {
    this.spec = question.spec
    this.password = question.secret.passwordOf(OPERATOR)
    this.database = question.engine.database
    this.runs = question.engine.runs
    this.family = question.engine.family
    this.#home = question.home
    this.#process = process
  }

  /**
   * Takes over the server that a killed rehearsal left running, and has it serve this certificate if it serves another; else starts one.
   * A certificate that was staged and is not served yet stays staged. Throws CannotServe.
   */
  static async open(question: OpenServerQuestion): Promise<RehearsedServer> {
    const { engine, home, spec, certificate, pidLeftBehind } = question
    const place = await makePlace(home, spec, engine)
    const server = new RehearsedServer(question, new ServerProcess(engine, place, home.account))
    if (!(await server.#process.takeOver(pidLeftBehind))) {
      await server.#put(certificate)
      await server.#process.start(leafOf(certificate.chainPem))
    } else if ((await servedLeaf(engine.family, spec.port)) !== leafOf(certificate.chainPem)) {
      await server.reload(certificate)
    }
    return server
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Resolves when new connections are served the new leaf. Throws {@link CannotServe} (`NOT_SERVED`). */
  reload(certificate: ServerCertificate): Promise<void> {
    return this.#inTurn(async () => {
      await this.#put(certificate)
      try {
        await (await this.#process.admin()).reloadCertificate()
      } catch (error) {
        throw this.#notServed(
          `it could not be told to: ${error instanceof Error ? error.message : String(error)}`,
          error,
        )
      }
      const leaf = leafOf(certificate.chainPem)
      const served = await waitUntil(
        async () => ((await servedLeaf(this.family, this.spec.port)) === leaf ? true : undefined),
        { every: POLL, atMost: SERVED_WITHIN },
      )
      if (!served) throw this.#notServed('it was told to, and goes on with the former one')
    })
  }

  /** Resolves when the server is back and serves the new leaf, if it serves TLS as it should. Throws {@link CannotServe}. */
  restart(certificate: ServerCertificate, manner: Manner = AS_IT_SHOULD_BE): Promise<void> {
    return this.#inTurn(async () => {
      await this.#put(certificate)
      await this.#process.end()
      await this.#process.start(leafOf(certificate.chainPem), manner)
    })
  }

  stage(certificate: ServerCertificate): Promise<void> {
    return this.#inTurn(() => this.#put(certificate))
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#process.end())
  }

  /** Makes a user that may log in with this password, or gives it the password. */
  ensureUser(user: string, password: string): Promise<void> {
    return this.#inTurn(async () => (await this.#process.admin()).ensureUser(user, password))
  }

  async #put(certificate: ServerCertificate): Promise<void> {
    const content = certificate.chainPem + certificate.keyPem
    await writeWholeFile(this.#process.place.certificateFile, content, { owner: this.#home.account })
  }

  #notServed(why: string, cause?: unknown): CannotServe {
    return new CannotServe(
      'NOT_SERVED',
      `The new certificate of ${this.spec.id} is in place, but ${this.runs} does not serve it: ${why}. A restart of the database makes it do so.`,
      { cause },
    )
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(act, act)
    this.#last = result.catch(() => undefined)
    return result
  }
}

/** The folder is this program's; the servers' account passes through it, and has the data directory and its own files. */
async function makePlace(home: ServerHome, spec: ServerSpec, engine: Engine): Promise<ServerPlace> {
  const databases = await makePassage(join(home.directory, 'databases'), home.account)
  const directory = await makePassage(join(databases, spec.id), home.account)
  return {
    directory,
    data: join(directory, `data-${engine.kind}`),
    certificateFile: join(directory, 'certificate.pem'),
    port: spec.port,
  }
}
