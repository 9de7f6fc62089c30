/** A small generator of repeatable random numbers (mulberry32): a failing seed can be run again. */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    below: (limit: number): number => Math.floor(next() * limit),
    oneOf: <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)]!,
  }
}

/** How many seeds a sample takes: few in `npm test`, many in `npm run soak`. */
export const seeds = (sample: number, soak: number): number => (process.env['SOAK'] ? soak : sample)

/** What a soak draws its samples from: another one each time, which `npm run soak` prints and takes again as SOAK_SEED. */
export const SOAK_SEED = Number(process.env['SOAK_SEED'] ?? 1)
