import { writeSync } from 'node:fs'

/** How far a test is that takes its time, for whoever runs the soak: it could not be told from one that hangs. At most a line in ten seconds. */
export function reporting(what: string, about: number): (done: number) => void {
  const begun = Date.now()
  let last = 0
  return (done) => {
    const now = Date.now()
    if (now - last < 10_000) return
    last = now
    writeSync(2, `  ${what}: ${done} of about ${about} (${Math.round((now - begun) / 1_000)} s)\n`)
  }
}
