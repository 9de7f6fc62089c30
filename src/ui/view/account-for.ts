import { ACCOUNTS, type Account, type AccountedAs } from '../../rules/decisions.ts'
import type { Assessment } from '../../rules/assess.ts'
import type { Position, StandingShortfall } from '../../rules/position.ts'
import { canonical, type Instant } from '../../rules/words.ts'
import type { Desk } from '../../runner/desk.ts'

export const ACCOUNT_WORDS: Readonly<Record<Account, string>> = {
  'does-not-verify': 'it does not verify certificates',
  'through-proxy': 'it comes through RDS Proxy',
  'not-ours': 'it is not ours',
  accepted: 'nobody knows it, and it is accepted',
}

export interface Client {
  readonly user: string
  readonly application: string
}

/** The client that a shortfall names, if it names one. */
export function clientOf({ shortfall }: StandingShortfall): Client | undefined {
  const { user, application } = shortfall.args
  return typeof user === 'string' && typeof application === 'string' ? { user, application } : undefined
}

/** How a client is accounted for: by what it is, or as a declared application's. */
export interface Accounting {
  readonly as: AccountedAs
  readonly of?: string
}

export const accountingWords = ({ as, of }: Accounting): string =>
  as === 'application' ? `it is the application ${of ?? ''}` : ACCOUNT_WORDS[as]

interface Where {
  readonly desk: Desk
  readonly assessment: Assessment
  readonly position: Position
}

/**
 * The ways to account for a client by name that would meet this shortfall: each is tried on the step's own judgement, which is pure. The
 * declared applications come first. None where the step does not go by accounted clients, or the configuration declares them.
 */
export function accountsFor(
  { desk, assessment, position }: Where,
  short: StandingShortfall,
  now: Instant,
): readonly Accounting[] {
  const client = clientOf(short)
  const step = desk.deps.runbook.steps[position.step]
  const { facts, footing } = position
  if (!client || !step?.asks.includes('clients') || !facts || !footing) return []
  if (desk.deps.declared.decisionsFor(desk.about).clients !== undefined) return []
  const { decided } = assessment
  const same = canonical({ code: short.shortfall.code, args: short.shortfall.args })
  const ways: readonly Accounting[] = [
    ...(decided.applications ?? []).map(({ name }): Accounting => ({ as: 'application', of: name })),
    ...ACCOUNTS.map((as): Accounting => ({ as })),
  ]
  return ways.filter((way) => {
    const clients = [...(decided.clients ?? []), { ...client, ...way, why: '' }]
    const verdict = step.judge(
      facts,
      footing.given,
      { ...decided, clients } as Parameters<typeof step.judge>[2],
      now,
      desk.about,
    )
    const left = verdict.kind === 'not-proven' ? verdict.shortfalls : []
    return !left.some(({ code, args }) => canonical({ code, args }) === same)
  })
}
