import { randomUUID } from 'node:crypto'
import type { Instant } from '../../rules/words.ts'
import type { Pki } from '../data-plane.ts'
import type { ActiveFaults } from '../faults/active-faults.ts'
import { errorText } from '../region-unusable.ts'
import type { Effect } from '../state/effect.ts'
import type { RequestLine } from '../state/request-log.ts'
import type { Store } from '../state/store.ts'
import type { Reply, Sight } from './action.ts'
import { actionOf } from './actions/index.ts'
import { failure, success, type Answer } from './answer.ts'
import { parseCall, type AwsRequest, type Call } from './call.ts'
import { WireError } from './wire-error.ts'

/** What requests are carried out against. */
export interface Backend {
  readonly store: Store
  readonly pkis: ReadonlyMap<string, Pki>
  readonly faults: ActiveFaults
  readonly logIn: Sight['logIn']
  speed(): number
  /** The world was changed by a request, or by what struck with it; the change is on disk. */
  changed(effect: Effect): void
}

/** An answer to send, or to withhold. */
export interface Carried {
  readonly answer: Answer
  readonly cut: boolean
}

/**
 * Carries out one request: when this returns, its line is in the request log, and what it changed is on disk in that
 * same line. A log that cannot be written is answered with 500 `InternalFailure`, and nothing has changed.
 */
export function carryOut(request: AwsRequest, backend: Backend, now: Instant): Carried {
  const requestId = randomUUID()
  let call: Call
  try {
    call = parseCall(request, now)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    const unlogged = logged(backend, { ...unparsed(request, now), status: error.status, code: error.code, requestId })
    return { answer: failure(unlogged ?? error, requestId), cut: false }
  }
  const { result, error, cut } = perform(call, backend, requestId)
  if (error) return { answer: failure(error, requestId, call.service), cut }
  return { answer: success(call, result, requestId), cut }
}

/** What came of a call: a result, or an error; and whether the answer is withheld. */
export type Performed =
  | { readonly result: Reply['result']; readonly error?: undefined; readonly cut: boolean }
  | { readonly result?: undefined; readonly error: WireError; readonly cut: false }

/** {@link carryOut} for a call that has been parsed: what a simulation without a wire does. */
export function perform(call: Call, backend: Backend, requestId: string): Performed {
  const { reply, error, fault } = decide(call, backend)
  const cutter = reply ? backend.faults.cutterOf(call) : undefined
  const by = fault ?? cutter
  const unlogged = logged(backend, {
    ...described(call),
    status: error?.status ?? 200,
    ...(error && { code: error.code }),
    requestId,
    ...(by !== undefined && { fault: by }),
    ...(reply?.effect && { effect: reply.effect }),
  })
  if (unlogged) return { error: unlogged, cut: false }
  if (reply?.effect) backend.changed(reply.effect)
  if (reply) return { result: reply.result, cut: cutter !== undefined }
  return { error: error ?? new WireError('InternalFailure', 500, 'No answer'), cut: false }
}

/** Puts a line on record; an error where that cannot be done. */
function logged({ store }: Backend, line: RequestLine): WireError | undefined {
  try {
    store.record(line)
    return undefined
  } catch (failed) {
    return new WireError('InternalFailure', 500, errorText(failed))
  }
}

interface Decision {
  readonly reply?: Reply
  readonly error?: WireError
  readonly fault?: string
}

function decide(call: Call, backend: Backend): Decision {
  try {
    const refusal = backend.faults.refusalOf(call)
    if (refusal) return { error: refusal.error, fault: refusal.fault }
    strike(call, backend, call.at)
    const sight = sightOf(call, backend, call.at)
    const databases = backend.faults.shown(sight.databases, call)
    return { reply: actionOf(call)(call, { ...sight, databases }) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { error }
  }
}

/** What a fault lets happen before the call: on record, and done, like a request of somebody else's. */
function strike(call: Call, backend: Backend, now: Instant): void {
  const { faults, pkis, store } = backend
  const { account, region } = call
  const cas = (pkis.get(region)?.cas ?? []).map(({ id }) => id)
  const struck = faults.strikeOf(call, { ...store.state, cas }, { now, speed: backend.speed() })
  if (!struck) return
  const { asked, effect, fault } = struck
  const { action = '', parameters = {}, by } = asked ?? {}
  store.record({
    time: new Date(now).toISOString(),
    action,
    parameters,
    status: 200,
    requestId: randomUUID(),
    region,
    account,
    ...(by && { by }),
    fault,
    effect,
  })
  backend.changed(effect)
}

/** What somebody of this account sees in this Region. */
export function sightOf({ account, region }: Pick<Call, 'account' | 'region'>, backend: Backend, now: Instant): Sight {
  const { state } = backend.store
  const isHere = (thing: { account: string; region: string }): boolean =>
    thing.account === account && thing.region === region
  const retired = state.retired.filter((one) => one.region === region)
  return {
    place: { account, region },
    databases: state.databases.filter((database) => isHere(database)),
    clusters: state.clusters.filter((cluster) => isHere(cluster)),
    cas: (backend.pkis.get(region)?.cas ?? []).filter(({ id }) => !retired.some(({ ca }) => ca === id)),
    world: state,
    trail: backend.store.trail,
    logIn: backend.logIn,
    pace: { now, speed: backend.speed() },
  }
}

type Described = Pick<RequestLine, 'time' | 'action' | 'parameters' | 'region' | 'account'>

/** The request as the log keeps it. */
const described = ({ account, action, at, parameters, region }: Call): Described => ({
  time: new Date(at).toISOString(),
  action,
  parameters: withoutSecrets(parameters),
  region,
  account,
})

/** Of one that could not be parsed, what there is. */
function unparsed({ body }: AwsRequest, now: Instant): Described {
  const { Action: action = '', Version: _version, ...sent } = Object.fromEntries(new URLSearchParams(body))
  return { time: new Date(now).toISOString(), action, parameters: withoutSecrets(sent), region: '', account: '' }
}

/** Secrets are not kept. */
const withoutSecrets = (parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, /password|secret/i.test(name) ? '(not kept)' : value]),
  )
