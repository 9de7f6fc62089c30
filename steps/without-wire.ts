/**
 * What takes the wire's place where the runbook does not speak an engine's protocol (SQL Server, Oracle, Db2): the applications' own checks.
 * One that takes its roots from RDS_CA_BUNDLE connects with the whole bundle and is refused without the root that AWS says is served:
 * so the chain that its client was shown ends at that root. Whatever no check shows, a person answers for by name, or it stays closed.
 */
import type { World } from '../src/ports/world.ts'
import type { ApplicationOnRecord } from '../src/rules/decisions.ts'
import type { Allowance, Shortfall } from '../src/rules/evidence.ts'
import type { Reason } from '../src/rules/words.ts'
import { verifies } from './04-trust-stores.ts'
import { isBetween, runChecks, type ChecksFacts } from './application-checks.ts'
import { reasonsOf } from './text.ts'
import type { WireFacts, WireLook } from './wire-look.ts'

export const withoutWireText = {
  'root-not-shown': {
    says: 'With {ca} decided on, nothing has shown by which root {host} vouches for itself: the runbook does not speak the wire protocol of {engine}, and no check has taken the wire’s place.',
    cure: 'Declare a check that takes its roots from RDS_CA_BUNDLE (`honours: bundle`) for an application that connects directly, and look again: it must be refused without the root. One that connects without it does not verify, or another root is served than AWS says. Or go on by name.',
  },
  'no-check-instead': {
    says: 'With {ca} decided on, nobody has shown that {application} connects to {host}: the wire cannot be seen, and it has no check.',
    cure: 'Declare a check for it and look again, or have its owner attest that it connects.',
  },
  'saw-no-wire': {
    says: 'The wire of {host} was not seen: the runbook does not speak the protocol of {engine}. The applications’ own checks stand for it, and showed {root}.',
    cure: '',
  },
} as const
const { reason, short } = reasonsOf(withoutWireText)

/** What its root vouches for is the database's own certificate only where nothing stands in between. */
const showsRoot = ({ basis }: ChecksFacts, applications: readonly ApplicationOnRecord[]): boolean =>
  applications.some((one) => !isBetween(one) && basis.checkControls?.[one.name]?.withoutServedRoot === 'refused')

/** Runs the checks with the bundle of 03, and those that honour it without the root that is expected. */
export async function lookByChecks(world: World, look: WireLook, signal: AbortSignal): Promise<WireFacts> {
  const { target, own, bundle, expected, applications } = look
  const made = await runChecks(world, { target, own, bundle, root: expected, applications }, signal)
  const root = showsRoot(made, applications) ? expected : undefined
  return {
    basis: { endpoint: { ...target }, noWire: look.engineName, ...(root !== undefined && { root }), ...made.basis },
    detail: made.detail,
  }
}

/** What the judgement of a look at the wire turns on, beside what was seen. */
export interface Wanted {
  readonly applications: readonly ApplicationOnRecord[]
  /** The CA that is decided on: what is answered for by name is answered for with this one, and no other. */
  readonly ca: string
  /** How it may be met otherwise that nothing shows which root is served. */
  readonly unshown: Allowance
}

/** What is short of checks in the wire's place. */
export function withoutWireShortfalls({ basis }: WireFacts, { applications, ca, unshown }: Wanted): Shortfall[] {
  const { endpoint, noWire: engine = 'its engine' } = basis
  const { host } = endpoint
  const unchecked = applications.filter(
    ({ name, verification, route }) =>
      verifies(verification) && route !== 'rds-proxy' && basis.checks[name] === undefined,
  )
  return [
    ...(basis.root === undefined ? [short('root-not-shown', unshown, { host, engine, ca })] : []),
    ...unchecked.map(({ name: application }) => short('no-check-instead', 'attestation', { application, host, ca })),
  ]
}

export const withoutWireTells = ({ basis: { endpoint, noWire = 'its engine', root } }: WireFacts): Reason =>
  reason('saw-no-wire', {
    host: endpoint.host,
    engine: noWire,
    root: root === undefined ? 'no root' : `that its chain ends at ${root}`,
  })
