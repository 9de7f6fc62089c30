import { CannotAsk } from '../ports/control-plane.ts'
import { areSpent, cannotAsk, notAnAnswer } from './cannot-ask.ts'
import type { AwsOptions } from './aws-options.ts'
import type * as sdkModule from './sdk.ts'
import { makeClients, type Clients } from './clients.ts'
import { READS, type ReadOperation } from './operations.ts'
import { unlessAborted } from './unless-aborted.ts'

/** The SDK's own module, loaded. */
export type Sdk = typeof sdkModule

/** What every request is sent with. */
export interface Http {
  readonly abortSignal?: AbortSignal
}

/** A page of an answer, with what AWS wants to be asked for the next one. */
interface Page {
  readonly Marker?: string | undefined
  readonly NextToken?: string | undefined
}

type Paginate<P> = (sdk: Sdk, clients: Clients, http: Http) => AsyncIterable<P> | Promise<AsyncIterable<P>>

/** Asks questions of one account in one Region: clients made when first needed, errors said as CannotAsk, aborts passed on as they are. */
export class Questions {
  readonly #options: AwsOptions
  #opened: Promise<Clients> | undefined
  #region: string | undefined

  constructor(options: AwsOptions) {
    this.#options = options
    this.#region = options.region
  }

  /** Throws when none was given and nothing was asked yet. */
  get region(): string {
    if (this.#region === undefined) throw new Error('Bug: the Region is read before anything was asked')
    return this.#region
  }

  async #clients(): Promise<Clients> {
    this.#opened ??= makeClients(this.#options)
    try {
      const clients = await this.#opened
      this.#region = clients.region
      return clients
    } catch (error) {
      this.#opened = undefined
      throw error
    }
  }

  /** One request. */
  async ask<Answer>(
    operation: ReadOperation,
    signal: AbortSignal | undefined,
    send: (sdk: Sdk, clients: Clients, http: Http) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#said(operation, signal, async () => {
      const [sdk, clients] = [await import('./sdk.ts'), await this.#clients()]
      return unlessAborted(send(sdk, clients, httpWith(signal)), signal)
    })
  }

  /** All pages of an answer, as they come. */
  async *pages<P extends Page>(
    operation: ReadOperation,
    signal: AbortSignal | undefined,
    paginate: Paginate<P>,
  ): AsyncGenerator<P> {
    const iterator = await this.ask(operation, signal, async (sdk, clients, http) =>
      (await paginate(sdk, clients, http))[Symbol.asyncIterator](),
    )
    let marker: string | undefined
    for (;;) {
      const next = await this.#said(operation, signal, () => unlessAborted(iterator.next(), signal))
      if (next.done === true) return
      // The SDK would go round for ever.
      const after = next.value.Marker ?? next.value.NextToken
      if (after !== undefined && after === marker) throw notAnAnswer(operation)
      marker = after
      yield next.value
    }
  }

  /** All pages of an answer, together. */
  async all<P extends Page>(
    operation: ReadOperation,
    signal: AbortSignal | undefined,
    paginate: Paginate<P>,
  ): Promise<P[]> {
    const pages: P[] = []
    for await (const page of this.pages(operation, signal, paginate)) pages.push(page)
    return pages
  }

  async #said<T>(operation: ReadOperation, signal: AbortSignal | undefined, action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      signal?.throwIfAborted()
      const { profile } = this.#options
      const said = cannotAsk(error, READS[operation], operation, {
        region: this.#region ?? 'no Region',
        ...(profile === undefined ? {} : { profile }),
      })
      // Whoever logs in again has other credentials: the next question looks for them.
      if (said instanceof CannotAsk && areSpent(said.code)) this.#opened = undefined
      throw said
    }
  }
}

const httpWith = (signal: AbortSignal | undefined): Http => (signal ? { abortSignal: signal } : {})
