import { setTimeout as pause } from 'node:timers/promises'

import type { ApplicationReport, ApplicationSpec } from '../data-plane.ts'
import type { Connect, Session, Target } from './session.ts'
import { tlsUseOf } from './trust-store.ts'

export interface LinkQuestion {
  readonly application: ApplicationSpec
  /** The DBInstanceIdentifier. */
  readonly database: string
  readonly target: Target
  readonly connect: Connect
  /** Milliseconds from the end of one attempt to connect to the next. */
  readonly pace: number
}

/**
 * One application's link to one database. It holds a long session from when it started until the server ends it, and beside it a young
 * one, which every new connection replaces, as a pool replaces its connections. So whoever samples the server's sessions finds the
 * application there, always with one that began within the pace, unless it cannot connect any more: then the old ones stay, and age.
 */
export class ApplicationLink {
  readonly #question: LinkQuestion
  readonly #stopping = new AbortController()
  readonly #firstAttempt: Promise<void>
  readonly #run: Promise<void>
  #long: Session | undefined
  #young: Session | undefined
  #connections = 0
  #failures = 0
  #lastError: string | undefined

  constructor(question: LinkQuestion) {
    this.#question = question
    this.#firstAttempt = this.#attempt()
    this.#run = this.#goOn()
  }

  /** Resolves when it has tried for the first time, well or badly. Never rejects. */
  get tried(): Promise<void> {
    return this.#firstAttempt
  }

  /** `connected`: the last attempt succeeded, and a session is open now. `lastError` is why the last attempt failed, absent when it did not. */
  get report(): ApplicationReport {
    const open = [this.#long, this.#young].some((session) => session?.ended === false)
    return {
      name: this.#question.application.name,
      database: this.#question.database,
      connected: open && this.#lastError === undefined,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      connections: this.#connections,
      failures: this.#failures,
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#run
    await Promise.all([this.#long?.end(), this.#young?.end()])
  }

  async #goOn(): Promise<void> {
    const { signal } = this.#stopping
    await this.#firstAttempt
    for (;;) {
      await pause(this.#question.pace, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      await this.#attempt()
    }
  }

  async #attempt(): Promise<void> {
    const { application, connect, target } = this.#question
    try {
      const session = await connect(target, await tlsUseOf(application.temper, application.trustStore))
      this.#connections += 1
      this.#lastError = undefined
      if (!this.#long || this.#long.ended) {
        this.#long = session
      } else {
        const replaced = this.#young
        this.#young = session
        await replaced?.end()
      }
    } catch (error) {
      this.#failures += 1
      this.#lastError = reasonOf(error)
    }
  }
}

/** Node's certificate errors have telling codes and vague messages; servers' are the other way round. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return code && !error.message.includes(code) ? `${error.message} (${code})` : error.message
}
