/**
 * The look at a served certificate that 05 and 09 share: one handshake as the strictest client, and each application's own check,
 * with the bundle of 03. Where the engine's protocol is not spoken, the checks alone (without-wire.ts).
 */
import type { Bundle } from '../src/ports/bundles.ts'
import { CannotAsk } from '../src/ports/control-plane.ts'
import { CannotLogIn, type Credentials } from '../src/ports/sql.ts'
import type { World } from '../src/ports/world.ts'
import type { WireEngine, WireProof } from '../src/ports/wire.ts'
import type { ApplicationOnRecord } from '../src/rules/decisions.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import type { Instant, Reason } from '../src/rules/words.ts'
import { withAnswers } from './answered-checks.ts'
import { checksBasis, checksDetail, checksTell, checksText, runChecks } from './application-checks.ts'
import { endpoint, proof, z, type Endpoint, type Family } from './shapes.ts'
import { day, instant, reasonsOf } from './text.ts'
import { lookByChecks, withoutWireShortfalls, withoutWireTells, withoutWireText, type Wanted } from './without-wire.ts'

export const wireBasis = {
  endpoint,
  /** SHA-1 of the root at which the served chain ends; absent when it ends at none of the bundle's, or nothing has shown it. */
  root: z.optional(z.string()),
  /** The engine whose protocol is not spoken: there was no handshake, and the checks took its place. */
  noWire: z.optional(z.string()),
  /** Of the handshake; absent where there was none. */
  strict: z.optional(z.boolean()),
  controls: z.optional(
    z.object({ withoutServedRoot: z.enum(['refused', 'passed']), wrongName: z.enum(['refused', 'passed']) }),
  ),
  ...checksBasis,
}
/** Why the log-in that would have made the handshake was not tried. `operation`: AWS's, where AWS did not give it. */
const logInMissed = z.object({ operation: z.optional(z.string()), why: z.string() })
type LogInMissed = z.infer<typeof logInMissed>

export const wireDetail = { proof: z.optional(proof), logInMissed: z.optional(logInMissed), ...checksDetail }

const basisSchema = z.object(wireBasis)
const detailSchema = z.object(wireDetail)
export interface WireFacts {
  readonly basis: z.infer<typeof basisSchema>
  readonly detail: z.infer<typeof detailSchema>
}

/** What a step that looks at the wire can say of it; the step adds what a proof that fails means at its place. */
export const wireText = {
  'no-endpoint': {
    says: 'AWS gives no endpoint for it: there is nothing to connect to.',
    cure: 'Wait until it is available, then look again.',
  },
  ...checksText,
  ...withoutWireText,
  'control-passed': {
    says: 'The negative control "{control}" passed against {host}: this proof can not fail, so it proves nothing.',
    cure: 'Something between here and the database accepts anything. Find it, and look again.',
  },
  'only-name-fails': {
    says: 'Another server answers for {host}: {detail}. Its chain is good, so verify-ca and VERIFY_CA would have connected to it; verify-full and VERIFY_IDENTITY refuse.',
    cure: 'Change nothing. Whoever owns any database under this CA could stand there behind a spoofed name, take passwords, read queries and answer with data of their own. Look at DNS, the tunnel and the addresses to connect to, until the right server answers, and move clients to verify-full.',
  },
  'saw-handshake': { says: '{host}: {protocol} {cipher}, chain ends at {root}, leaf until {leaf}.', cure: '' },
  'saw-controls': {
    says: 'Negative controls: without the served root {withoutServedRoot}, under a wrong name {wrongName}.',
    cure: '',
  },
  'log-in-not-given': {
    says: 'No log-in was tried with {host}, because AWS did not give it ({operation}: {why}): the handshake was anonymous. It proves the same, and MySQL counts it.',
    cure: 'Add the permission to the policy of the profile in use, or correct login: of this database in the configuration; then look again.',
  },
  'log-in-unusable': {
    says: 'No log-in was tried with {host}, because what is to give it is not usable ({why}): the handshake was anonymous. It proves the same, and MySQL counts it.',
    cure: 'Correct login: of this database in the configuration, or the file that it leads to, which must be yours and closed to others; then look again.',
  },
  'saw-place': { says: 'Seen {from} at {at}, by {by}.', cure: '' },
  'saw-handshakes': {
    says: 'Anonymous handshakes with {host} counted within an hour: {spent} of {allowed}. MySQL counts each that no log-in follows.',
    cure: '',
  },
} as const
const { reason, short } = reasonsOf({ ...wireText, 'not-verified': { says: '', cure: '' } })

export interface WireLook {
  readonly family: Family
  /** As AWS calls it: `sqlserver-se`. */
  readonly engineName: string
  readonly target: Endpoint
  /** It is the applications' own database that is looked at, and not a twin. */
  readonly own: boolean
  readonly bundle: Bundle
  readonly applications: readonly ApplicationOnRecord[]
  /** SHA-1 of the root that AWS says is served: what the checks are held against where there is no handshake to show it. */
  readonly expected: string | undefined
  /** The world whose applications these are. */
  readonly inWorld: string
  /** Where no handshake may be made now, a chain that was captured no earlier than this serves. Absent: none does. */
  readonly since?: Instant
}

/** The log-in for the probe, where log-ins are the better one; why there is none, where what is to give it fails. */
async function probeLogIn(
  world: World,
  engine: WireEngine,
  { target }: WireLook,
): Promise<{ readonly credentials?: Credentials | undefined; readonly missed?: LogInMissed }> {
  if (engine !== 'mysql') return {}
  try {
    return { credentials: await world.credentials.find({ engine, ...target }) }
  } catch (error) {
    if (error instanceof CannotLogIn) return { missed: { why: error.code } }
    if (error instanceof CannotAsk)
      return { missed: { operation: error.operation, why: error.permission ?? error.code } }
    throw error
  }
}

/** Throws CannotReach when there is no handshake to judge, HandshakesWait when none may be made yet. A check that fails is a fact, never an error. */
export const lookAtWire = (world: World, wanted: WireLook, signal: AbortSignal): Promise<WireFacts> =>
  wanted.family === 'other'
    ? lookByChecks(world, wanted, signal)
    : lookByHandshake(world, wanted.family, wanted, signal)

async function lookByHandshake(
  world: World,
  engine: WireEngine,
  wanted: WireLook,
  signal: AbortSignal,
): Promise<WireFacts> {
  const { target, own, bundle, applications, inWorld, since } = wanted
  const { host, port } = target
  const roots = bundle.certificates.map((one) => one.pem)
  const { credentials, missed } = await probeLogIn(world, engine, wanted)
  const question = { engine, host, port, roots, signal, ...(credentials && { credentials }) }
  const seen = savedProof(await world.wire.verify({ ...question, ...(since !== undefined && { since }) }))
  const root = seen.root?.sha1
  const leaf = leafSeen({ proof: seen })
  const made = await runChecks(world, { target, own, bundle, root, applications }, signal)
  const checks = await withAnswers(world, made, { inWorld, target, leaf, applications })
  return {
    basis: {
      endpoint: { host, port },
      ...(root !== undefined && { root }),
      strict: seen.strict,
      controls: seen.controls,
      ...checks.basis,
    },
    detail: { proof: seen, ...(missed && { logInMissed: missed }), ...checks.detail },
  }
}

/** A wire proof as it is saved: the same, with the certificates' members that no step uses left out. */
function savedProof(seen: WireProof): NonNullable<WireFacts['detail']['proof']> {
  const { root, served, ...rest } = seen
  const brief = ({ isCa: _ca, names: _names, ...certificate }: WireProof['served'][number]) => certificate
  return { ...rest, served: served.map((one) => brief(one)), ...(root && { root: brief(root) }) }
}

/**
 * What a wire proof lacks of "strictly verified, by a proof that can fail"; without a wire, what the checks lack to take its place, and how
 * it may be met otherwise that they do not show which root is served.
 */
export function wireShortfalls(saw: WireFacts, wanted: Wanted): Shortfall[] {
  if (!hadWire(saw)) return withoutWireShortfalls(saw, wanted)
  const { proof: seen } = saw.detail
  const { host } = saw.basis.endpoint
  const failed = (check: string, detail: string) => short('not-verified', 'proof', { host, check, detail })
  // Where there is a wire, no check takes its place: a handshake that is not on record has proven nothing.
  if (!seen) return [failed('handshake', 'none is on record')]
  const shortfalls: Shortfall[] = []
  const { chain, dates, name } = seen
  for (const result of [chain, dates]) if (!result.passed) shortfalls.push(failed(result.code, result.detail))
  if (!name.passed)
    shortfalls.push(
      chain.passed && dates.passed && name.code === 'wrong-name'
        ? short('only-name-fails', 'proof', { host, detail: name.detail })
        : failed(name.code, name.detail),
    )
  if (!seen.strict && shortfalls.length === 0) shortfalls.push(failed('strict', 'not every client’s rules accept it'))
  for (const control of ['withoutServedRoot', 'wrongName'] as const)
    if (seen.controls[control] === 'passed') shortfalls.push(short('control-passed', 'proof', { host, control }))
  return shortfalls
}

function byWhat({ proof, logInMissed }: WireFacts['detail']): string {
  if (proof?.by) return 'a log-in'
  return logInMissed ? `an anonymous handshake (no log-in was tried: ${logInMissed.why})` : 'an anonymous handshake'
}

/** Whether there was a wire to look at: the engine's protocol is spoken, so what is proven is proven by a handshake. */
export const hadWire = ({ basis }: WireFacts): boolean => basis.noWire === undefined

/** SHA-256 of the leaf that was served; empty where it was not seen. */
export const leafSeen = ({ proof: seen }: Pick<WireFacts['detail'], 'proof'>): string => seen?.served[0]?.sha256 ?? ''

/** The issuer of the last certificate that was sent: the nearest that can be said of a chain that ends at no known root. */
export const servedBy = ({ detail: { proof: seen } }: WireFacts): string =>
  seen?.root?.subject ?? seen?.served.at(-1)?.issuer ?? 'nothing known'

/** That another root is served than is wanted. Where nothing shows which one is, that is said in place of it. */
export const rootShortfalls = (saw: WireFacts, wanted: string | undefined, elsewhere: Shortfall): Shortfall[] => {
  const { root } = saw.basis
  if (wanted !== undefined && root === wanted) return []
  return hadWire(saw) || root !== undefined ? [elsewhere] : []
}

/**
 * What a person should know of a proof that holds. A log-in that was not tried is a note and no shortfall: what is to be proven is the chain
 * that is served, and an anonymous handshake shows the same one to the same judges. It costs one of those that MySQL counts.
 */
export function wireNotes({ basis, detail: { logInMissed } }: WireFacts): readonly Reason[] {
  if (!logInMissed) return []
  const { host } = basis.endpoint
  const { operation, why } = logInMissed
  return [
    operation === undefined
      ? reason('log-in-unusable', { host, why })
      : reason('log-in-not-given', { host, operation, why }),
  ]
}

/** What the look saw, in the few lines that matter. */
export function wireTells(saw: WireFacts): readonly Reason[] {
  const { basis, detail } = saw
  const { proof: seen } = detail
  if (!hadWire(saw)) return [withoutWireTells(saw), ...checksTell(saw)]
  if (!seen) return checksTell(saw)
  const { protocol, cipher, root, served } = seen
  return [
    reason('saw-handshake', {
      host: basis.endpoint.host,
      protocol,
      cipher,
      root: root?.subject ?? 'no root of the bundle',
      leaf: day(served[0]?.notAfter),
    }),
    reason('saw-place', {
      from: seen.place.kind === 'here' ? 'from here' : `through ${seen.place.address}`,
      at: instant(seen.at),
      by: byWhat(detail),
    }),
    reason('saw-controls', { ...seen.controls }),
    ...(seen.handshakes
      ? [
          reason('saw-handshakes', {
            host: basis.endpoint.host,
            spent: seen.handshakes.spent,
            allowed: seen.handshakes.allowed,
          }),
        ]
      : []),
    ...checksTell({ basis, detail }),
  ]
}
