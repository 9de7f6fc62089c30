import { FASTEST_SPEED } from '../lifecycle/delays.ts'
import { RegionUnusable } from '../region-unusable.ts'

/** A speed that makes sense. Throws {@link RegionUnusable} `BAD_OPTION`. */
export function checkedSpeed(speed: number): number {
  if (speed > 0 && speed <= FASTEST_SPEED) return speed
  throw new RegionUnusable('BAD_OPTION', `The speed must be above 0 and at most ${FASTEST_SPEED}; it was ${speed}.`)
}
