import { ACCOUNTS, type Account } from '../../../rules/decisions.ts'
import type { StandingShortfall } from '../../../rules/position.ts'
import { canonical, type Instant } from '../../../rules/words.ts'
import type { Selected } from '../scene/scene.ts'

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

/**
 * The ways to account for a client by name that would meet this shortfall: each is tried on the step's own judgement, which is pure.
 * None where the step does not go by accounted clients, or the configuration declares them.
 */
export function accountsFor(
  { desk, assessment, position }: Selected,
  short: StandingShortfall,
  now: Instant,
): readonly Account[] {
  const client = clientOf(short)
  const step = desk.deps.runbook.steps[position.step]
  const { facts, footing } = position
  if (!client || !step?.asks.includes('clients') || !facts || !footing) return []
  if (desk.deps.declared.decisionsFor(desk.about).clients !== undefined) return []
  const { decided } = assessment
  const same = canonical({ code: short.shortfall.code, args: short.shortfall.args })
  return ACCOUNTS.filter((as) => {
    const clients = [...(decided.clients ?? []), { ...client, as, why: '' }]
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
