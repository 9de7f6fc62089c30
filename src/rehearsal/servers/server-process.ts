import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from './account.ts'
import { CannotServe } from './cannot-serve.ts'
import { plainEnvironment, run } from './command.ts'
import type { AdminSession, Engine, ServerPlace } from './engine.ts'
import { AS_IT_SHOULD_BE, LENIENT_OPENSSL, type Manner } from './manner.ts'
import { isFree } from './free-port.ts'
import { discard } from './partial.ts'
import { hasEnded } from './processes.ts'
import { endServer, runsIn, serversIn } from './server-processes.ts'
import { servedLeaf } from './served-leaf.ts'
import { waitUntil } from './wait-until.ts'
import { exists, makeWholeDirectory } from './whole-directory.ts'
import { writeWholeFile } from './whole-file.ts'

const UP_WITHIN = 30_000
const POLL = 10

/** How long a server that was found running may take to answer, and an ended one to let go of its port. */
const ANSWERS_WITHIN = 3000
const PORT_FREE_WITHIN = 2000

/** What servers say to a password that is not theirs. Waiting changes nothing about it. */
const WRONG_PASSWORD = new Set(['28P01', 'ER_ACCESS_DENIED_ERROR'])

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * The process of one database server, started by this program or found running. It is a session of its own and lives on when this
 * program is killed; the next one finds it by the place that its command line names.
 */
export class ServerProcess {
  readonly engine: Engine
  readonly place: ServerPlace
  readonly #account: Account | undefined
  #pid = 0
  #admin: AdminSession | undefined
  #manner: Manner = AS_IT_SHOULD_BE

  constructor(engine: Engine, place: ServerPlace, account: Account | undefined) {
    this.engine = engine
    this.place = place
    this.#account = account
  }

  /** Of the running server, or of the one that ran last; 0 before the first. */
  get pid(): number {
    return this.#pid
  }

  /** The administrator's session, which is kept open: on Amazon RDS too, `rdsadmin` is always there. Throws what the driver throws. */
  async admin(): Promise<AdminSession> {
    if (!this.#admin || this.#admin.ended) this.#admin = await this.engine.logIn(this.place.port, this.#manner)
    return this.#admin
  }

  /**
   * Takes over the server that already runs in this place. Whatever else runs there (another engine, another port, one that does not let
   * its administrator in) is ended. A process that does not name this place is never touched, whatever `pidLeftBehind` says.
   * Resolves to whether there is a server now.
   */
  async takeOver(pidLeftBehind: number | undefined): Promise<boolean> {
    const found = await this.#running(pidLeftBehind)
    if (found.length === 0) return false
    // It may be that the kill fell into its start, and that it needs a moment to come up.
    const taken = await waitUntil(
      async () => {
        const own = await this.#ownPid()
        if (own !== undefined && runsIn(this.place.directory, own) && (await this.#answers())) return own
        return found.every((pid) => hasEnded(pid)) ? 0 : undefined
      },
      { every: POLL, atMost: ANSWERS_WITHIN },
    )
    if (taken) {
      this.#pid = taken
      return true
    }
    await Promise.all(found.map((pid) => endServer(this.place.directory, pid)))
    return false
  }

  /**
   * Starts the server and waits until it serves this leaf (where it serves TLS as it should) and lets its administrator in. Data that it cannot start from are made anew:
   * nothing in them is worth keeping. Throws {@link CannotServe} (`PORT_IN_USE`, `SET_UP_FAILED`, `START_FAILED`).
   */
  async start(leaf: string, manner: Manner = AS_IT_SHOULD_BE): Promise<void> {
    this.#manner = manner
    await this.#refuseTakenPort()
    const hadData = await exists(this.place.data)
    try {
      await this.#startOnce(leaf)
    } catch (error) {
      if (!hadData) throw error
      await discard(this.place.data)
      await this.#startOnce(leaf)
    }
  }

  /** Ends the server and every session, and waits until it is gone. Throws {@link CannotServe} (`STOP_FAILED`). */
  async end(): Promise<void> {
    const admin = this.#admin
    this.#admin = undefined
    await admin?.end()
    await endServer(this.place.directory, this.#pid)
  }

  async #startOnce(leaf: string): Promise<void> {
    const { data, port } = this.place
    await this.#makeData(data)
    const exit = await this.#launch()
    let reason = 'it did not answer in time'
    try {
      const up = await waitUntil(
        async () => {
          if (exit.how !== undefined) throw new Error(exit.how)
          if (this.#manner.tls === 'on' && (await servedLeaf(this.engine.family, port)) !== leaf) return undefined
          try {
            return await this.admin()
          } catch (error) {
            reason = reasonOf(error)
            if (error instanceof Error && 'code' in error && WRONG_PASSWORD.has(String(error.code))) throw error
            return undefined
          }
        },
        { every: POLL, atMost: UP_WITHIN },
      )
      if (up) return
    } catch (error) {
      reason = reasonOf(error)
    }
    await endServer(this.place.directory, this.#pid)
    throw new CannotServe(
      'START_FAILED',
      `${this.engine.runs} in ${this.place.directory} did not start: ${reason}. ${await this.#lastWords()}It is not running now; the other servers are as they were. Rehearse again, or start over with --reset.`,
    )
  }

  async #makeData(data: string): Promise<void> {
    try {
      await makeWholeDirectory(data, this.#account, async (beside) => {
        if (process.platform === 'win32') await cp(this.engine.template, beside, { recursive: true })
        else await run('cp', ['-pR', `${this.engine.template}/.`, beside], { account: this.#account })
      })
    } catch (error) {
      throw new CannotServe(
        'SET_UP_FAILED',
        `The data directory of a ${this.engine.runs} server could not be made in ${this.place.directory}: ${reasonOf(error)}. Nothing half-made is left there. See that there is room (about 50 MB a server), then rehearse again.`,
        { cause: error },
      )
    }
  }

  /** Starts the program, detached, and returns an object that later says how it ended, if it did. */
  async #launch(): Promise<{ readonly how: string | undefined }> {
    const { program, args } = await this.engine.prepare(this.place, this.#manner)
    const openssl = join(this.place.directory, 'openssl.cnf')
    if (this.#manner.lenient) await writeWholeFile(openssl, LENIENT_OPENSSL, { owner: this.#account })
    // No server runs here; the number that a killed one left may be a zombie's or a stranger's, and PostgreSQL would not start beside it.
    await rm(join(this.place.data, this.engine.pidFile), { force: true })
    const log = openSync(this.#logFile, 'w', 0o600)
    const exit: { how: string | undefined } = { how: undefined }
    try {
      const child = spawn(program, args, {
        cwd: this.place.data,
        env: { ...plainEnvironment(), ...(this.#manner.lenient && { OPENSSL_CONF: openssl }) },
        stdio: ['ignore', log, log],
        detached: true,
        ...this.#account,
      })
      child.once('error', (error) => (exit.how = error.message))
      child.once('exit', (code, signal) => (exit.how = `it ended with ${signal ?? `exit code ${code}`}`))
      child.unref()
      this.#pid = child.pid ?? 0
    } finally {
      closeSync(log)
    }
    return exit
  }

  async #answers(): Promise<boolean> {
    try {
      const serves = (await (await this.admin()).dataDirectory()).replace(/[/\\]+$/, '')
      if (serves === this.place.data) return true
    } catch {
      // Nobody listens, or does not know the password: this is not the server that belongs here.
    }
    const stranger = this.#admin
    this.#admin = undefined
    await stranger?.end()
    return false
  }

  /** By the numbers that were written down, else by a look at all that runs. */
  async #running(pidLeftBehind: number | undefined): Promise<readonly number[]> {
    const named = [await this.#ownPid(), pidLeftBehind]
      .filter((pid) => pid !== undefined)
      .filter((pid) => runsIn(this.place.directory, pid))
    return named.length > 0 ? named : serversIn(this.place.directory)
  }

  /** What the server itself wrote down, which can be old: its process may have gone, and the number may be another's by now. */
  async #ownPid(): Promise<number | undefined> {
    const text = await readFile(join(this.place.data, this.engine.pidFile), 'utf8').catch(() => '')
    const pid = Number.parseInt(text, 10)
    return Number.isNaN(pid) ? undefined : pid
  }

  async #refuseTakenPort(): Promise<void> {
    const { port } = this.place
    const free = await waitUntil(async () => ((await isFree(port)) ? true : undefined), {
      every: POLL,
      atMost: PORT_FREE_WITHIN,
    })
    if (free) return
    throw new CannotServe(
      'PORT_IN_USE',
      `Port ${port} on 127.0.0.1 belongs to a database of this rehearsal, and another program listens on it. The database is not running. End that program and rehearse again, or start over with --reset, which picks new ports.`,
    )
  }

  get #logFile(): string {
    return join(this.place.directory, 'server.log')
  }

  async #lastWords(): Promise<string> {
    const log = await readFile(this.#logFile, 'utf8').catch(() => '')
    const words = log.trim().split('\n').slice(-5).join('\n')
    return words ? `Its log (${this.#logFile}) ends:\n${words}\n` : ''
  }
}
