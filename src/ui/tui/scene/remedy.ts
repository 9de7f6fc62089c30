import type { StandingShortfall } from '../../../rules/position.ts'
import type { Remedy } from '../../session.ts'

/** What can be had done about a shortfall from here, if anything. */
export const remedyFor = (
  remedies: readonly Remedy[],
  step: string,
  shortfall: StandingShortfall,
): Remedy | undefined => (shortfall.met ? undefined : remedies.find((one) => one.cures(step, shortfall)))
