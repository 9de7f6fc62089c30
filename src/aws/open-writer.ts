import { CannotAsk, type ControlPlaneWriter } from '../ports/control-plane.ts'
import type { Change, Outcome } from '../rules/change.ts'
import type { Clearance } from '../rules/clearance.ts'
import { worldOf, type Instant } from '../rules/words.ts'
import { cannotAsk, notAnAnswer } from './cannot-ask.ts'
import type { AwsOptions } from './aws-options.ts'
import { makeClients, type Clients } from './clients.ts'
import { endpointInForce } from './endpoint.ts'
import { assertExact, NotExact } from './exact-request.ts'
import { outcomeOfFailure } from './outcome.ts'
import type { Sdk } from './questions.ts'
import { SEND } from './send.ts'

export interface WriterOptions extends AwsOptions {
  /** The world that it writes to. */
  readonly world: string
  now(): Instant
}

/**
 * Opens the only way to change anything in an account and Region. Asks AWS who we are: throws CannotAsk when that cannot be had, and
 * (`ForeignWorld`) when it is another world than the one that is meant: so before any intent is written.
 */
export async function openWriter(options: WriterOptions): Promise<ControlPlaneWriter> {
  const sdk = await import('./sdk.ts')
  // A client of its own with one attempt: otherwise the SDK sends a change whose answer was lost two times more.
  const clients = await makeClients(options, 1)
  const world = worldOf(await accountOf(sdk, clients, options), await endpointInForce(options))
  if (world !== options.world) {
    throw new CannotAsk(
      'ForeignWorld',
      'GetCallerIdentity',
      `These credentials are of ${world}, and the change is meant for ${options.world}. Nothing was sent. Check profile and endpoint.`,
    )
  }
  clients.rds.middlewareStack.add(
    (next) => async (args) => {
      assertExact(args.request, args.input)
      return next(args)
    },
    // After the request was written, before it is signed and sent.
    { step: 'build', priority: 'high', name: 'assertExact' },
  )
  return new AwsWriter(sdk, clients, options)
}

async function accountOf(sdk: Sdk, clients: Clients, { profile }: WriterOptions): Promise<string> {
  try {
    const { Account } = await clients.sts.send(new sdk.GetCallerIdentityCommand({}))
    if (!Account) throw notAnAnswer('GetCallerIdentity')
    return Account
  } catch (error) {
    const asker = { region: clients.region, ...(profile === undefined ? {} : { profile }) }
    throw cannotAsk(error, 'sts', 'GetCallerIdentity', asker)
  }
}

class AwsWriter implements ControlPlaneWriter {
  readonly #sdk: Sdk
  readonly #clients: Clients
  readonly #options: WriterOptions

  constructor(sdk: Sdk, clients: Clients, options: WriterOptions) {
    this.#sdk = sdk
    this.#clients = clients
    this.#options = options
  }

  async send(change: Change, clearance: Clearance, signal?: AbortSignal): Promise<Outcome> {
    signal?.throwIfAborted()
    clearance.use(change, this.#options.now())
    const { world } = this.#options
    const { region, rds } = this.#clients
    if (change.world !== world || change.region !== region) {
      throw new Error(
        `Bug: a change for ${change.world} in ${change.region} was given to the writer for ${world} in ${region}; nothing has been sent`,
      )
    }
    try {
      return await SEND[change.api](this.#sdk, rds, change.input, signal ? { abortSignal: signal } : {})
    } catch (error) {
      if (error instanceof NotExact) throw error
      return outcomeOfFailure(error)
    }
  }
}
