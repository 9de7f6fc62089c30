import { spawnSync } from 'node:child_process'

export interface Figures {
  readonly median: number
  readonly min: number
  readonly max: number
}

const figures = (samples: readonly number[]): Figures => {
  const sorted = [...samples].sort((a, b) => a - b)
  return { median: sorted[sorted.length >> 1] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 }
}

/** Runs commands in turn (A B A B …), after one warm-up each, so that a drifting machine drifts for all. Milliseconds. */
export function inTurn(commands: Readonly<Record<string, readonly string[]>>, runs: number): Map<string, Figures> {
  const samples = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]))
  for (let run = -1; run < runs; run += 1) {
    for (const [name, [program = '', ...args]] of Object.entries(commands)) {
      const begun = performance.now()
      const { error, status } = spawnSync(program, args, { stdio: 'ignore' })
      if (error || status !== 0) samples.delete(name)
      else if (run >= 0) samples.get(name)?.push(performance.now() - begun)
    }
  }
  return new Map([...samples].map(([name, times]) => [name, figures(times)]))
}

/** Times a function, so many calls a sample. Milliseconds a call. */
export function timed(work: () => unknown, calls: number, samples = 5): Figures {
  const times = Array.from({ length: samples }, () => {
    const begun = performance.now()
    for (let call = 0; call < calls; call += 1) work()
    return (performance.now() - begun) / calls
  })
  return figures(times)
}

export const ms = ({ median, min, max }: Figures): string =>
  `${median.toFixed(2)} ms (${min.toFixed(2)} to ${max.toFixed(2)})`
export const ratio = (ours: Figures, theirs: Figures): string => `${(ours.median / theirs.median).toFixed(2)} ×`
