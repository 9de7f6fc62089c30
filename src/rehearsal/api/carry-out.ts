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
  const { call, reply, error, fault } = decide(request, backend, now)
  const cutter = call && reply ? backend.faults.cutterOf(call) : undefined
  const by = fault ?? cutter
  try {
    backend.store.record({
      ...described(call, request, now),
      status: error?.status ?? 200,
      ...(error && { code: error.code }),
      requestId,
      ...(by !== undefined && { fault: by }),
      ...(reply?.effect && { effect: reply.effect }),
    })
  } catch (failed) {
    return { answer: failure(new WireError('InternalFailure', 500, errorText(failed)), requestId), cut: false }
  }
  if (reply?.effect) backend.changed(reply.effect)
  if (call && reply) return { answer: success(call, reply.result, requestId), cut: cutter !== undefined }
  return {
    answer: failure(error ?? new WireError('InternalFailure', 500, 'No answer'), requestId, call?.service),
    cut: false,
  }
}

interface Decision {
  readonly call?: Call
  readonly reply?: Reply
  readonly error?: WireError
  readonly fault?: string
}

function decide(request: AwsRequest, backend: Backend, now: Instant): Decision {
  let call: Call | undefined
  try {
    call = parseCall(request, now)
    const refusal = backend.faults.refusalOf(call)
    if (refusal) return { call, error: refusal.error, fault: refusal.fault }
    strike(call, backend, now)
    const sight = sightOf(call, backend, now)
    const databases = backend.faults.shown(sight.databases, call)
    return { call, reply: actionOf(call)(call, { ...sight, databases }) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return call ? { call, error } : { error }
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

/** The request as the log keeps it; of one that could not be parsed, what there is. Secrets are not kept. */
function described(call: Call | undefined, { body }: AwsRequest, now: Instant): Described {
  const { Action: action = '', Version: _version, ...sent } = Object.fromEntries(new URLSearchParams(body))
  const parameters = Object.fromEntries(
    Object.entries(call?.parameters ?? sent).map(([name, value]) => [
      name,
      /password|secret/i.test(name) ? '(not kept)' : value,
    ]),
  )
  return {
    time: new Date(now).toISOString(),
    action: call?.action ?? action,
    parameters,
    region: call?.region ?? '',
    account: call?.account ?? '',
  }
}
