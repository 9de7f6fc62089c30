/** What 05 and 09 make of replies: a handshake that an application's people made where it lives is a check that ran elsewhere. */
import type { World } from '../src/ports/world.ts'
import type { Reply } from '../src/rules/asking.ts'
import type { ApplicationOnRecord } from '../src/rules/decisions.ts'
import type { Instant } from '../src/rules/words.ts'
import { verifies } from './04-trust-stores.ts'
import { answeredBy, answerHoldsUntil } from './answers.ts'
import type { ChecksFacts } from './application-checks.ts'
import type { Endpoint } from './shapes.ts'
import { instant } from './text.ts'

type Check = ChecksFacts['detail']['checks'][string]

const asCheck = (result: string, reply: Reply): Check => ({
  passed: result === 'ok',
  ended: result,
  output: `(seen by ${reply.user} on ${reply.host} at ${instant(reply.ranAt)}, taken in by ${reply.by.user})`,
  ms: 0,
  answered: answeredBy(reply),
})

/**
 * How an application's people saw a handshake with an endpoint end. Undefined where nobody has, not lately, or with another certificate
 * than `leaf`, which is served now: then it says nothing of this one. Several places are as good as the worst of them.
 */
async function handshakeAnswered(
  world: World,
  { inWorld, application, target, leaf }: { inWorld: string; application: string; target: Endpoint; leaf: string },
): Promise<Check | undefined> {
  const seen: Check[] = []
  for (const reply of await world.answers.of(inWorld, application)) {
    if (world.now() > answerHoldsUntil({ at: reply.ranAt })) continue
    const met = reply.handshakes.find(({ host, port }) => host === target.host && port === target.port)
    if (!met || met.result === 'unreachable') continue
    if (met.result !== 'ok' || met.leaf === leaf) seen.push(asCheck(met.result, reply))
  }
  const oldestFirst = seen.sort((a, b) => (a.answered?.at ?? 0) - (b.answered?.at ?? 0))
  return oldestFirst.find(({ passed }) => !passed) ?? oldestFirst[0]
}

export interface AnswersLook {
  /** The world whose applications these are. */
  readonly inWorld: string
  readonly target: Endpoint
  /** SHA-256 of the certificate that is served now. */
  readonly leaf: string
  readonly applications: readonly ApplicationOnRecord[]
}

/** The checks, with what the applications' people saw: it does not mend a check that failed here, and the other way round. */
export async function withAnswers(world: World, made: ChecksFacts, look: AnswersLook): Promise<ChecksFacts> {
  const checks: Record<string, Check> = { ...made.detail.checks }
  for (const { name, verification, route } of look.applications) {
    if (!verifies(verification) || route === 'rds-proxy') continue
    const answer = await handshakeAnswered(world, { ...look, application: name })
    if (answer && (checks[name] === undefined || !answer.passed)) checks[name] = answer
  }
  const passed = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check.passed]))
  return { basis: { ...made.basis, checks: passed }, detail: { ...made.detail, checks } }
}

/** Until when the checks that ran elsewhere are taken for so. */
export const checksHoldUntil = ({ detail }: Pick<ChecksFacts, 'detail'>): Instant =>
  Math.min(...Object.values(detail.checks).flatMap(({ answered }) => (answered ? [answerHoldsUntil(answered)] : [])))
