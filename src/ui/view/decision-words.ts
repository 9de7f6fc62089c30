import type { DecisionName, Decisions } from '../../rules/decisions.ts'

const TIMING: Readonly<Record<Decisions['timing'], string>> = {
  now: 'now',
  window: 'in the next maintenance window',
  'without-restart': 'now, without restart',
}

/** What was decided, in words: `rds-ca-rsa2048-g1`, `none`, `2: orders-api, reports`. */
export function decisionWords(decision: DecisionName, value: Decisions[DecisionName]): string {
  if (decision === 'timing' && typeof value === 'string' && value in TIMING) return TIMING[value as Decisions['timing']]
  if (typeof value === 'string') return value
  if ('ca' in value) return value.ca
  if ('subject' in value) return value.name
  if (value.length === 0) return 'none'
  const names = value.map((one) => ('name' in one ? one.name : `${one.user} (${one.as})`))
  return `${names.length}: ${names.join(', ')}`
}
