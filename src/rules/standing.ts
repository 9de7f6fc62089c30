/** How a step stands. Derived each time from what is on record, never stored as such. */
export const STANDINGS = [
  'proven',
  'attested',
  'waived',
  'not-applicable',
  'missing',
  'expired',
  'outdated',
  'foreign',
  'not-proven',
  'waiting',
  'cannot-look',
  'running',
  'interrupted',
] as const
export type Standing = (typeof STANDINGS)[number]

/** Standings that later steps may rest on. */
export const MET: ReadonlySet<Standing> = new Set<Standing>(['proven', 'attested', 'waived', 'not-applicable'])
export const isMet = (standing: Standing): boolean => MET.has(standing)
