import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Child {
  readonly process: ChildProcess
  readonly lines: readonly string[]
  /** Resolves when so many lines have come, or the process has ended. */
  said(count: number): Promise<readonly string[]>
  readonly ended: Promise<void>
  kill(): Promise<void>
}

/** Runs a script beside this file, under the same Node. */
export function run(script: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [new URL(script, import.meta.url).pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => {
    lines.push(line)
    for (const wake of waiting) wake()
  })
  const end = async (): Promise<void> => {
    await Promise.all([once(child, 'exit'), once(reader, 'close')])
    for (const wake of waiting) wake()
  }
  const ended = end()
  return {
    process: child,
    lines,
    ended,
    async said(count) {
      const enough = Promise.withResolvers<void>()
      const wake = () => {
        if (lines.length >= count) enough.resolve()
      }
      waiting.add(wake)
      wake()
      await Promise.race([enough.promise, ended])
      return lines
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
