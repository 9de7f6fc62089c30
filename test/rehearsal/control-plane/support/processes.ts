import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { joinRegion, type JoinedRegion, type JoinOptions } from '../../../../src/rehearsal/join.ts'
import type { RegionInfo } from '../../../../src/rehearsal/region-info.ts'
import { entryFor } from './entry.ts'

const pids = new Set<number>()

/** Ends every process that a test started, by its id. */
afterEach(async () => {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGTERM')
  for (const pid of pids) await gone(pid)
  pids.clear()
})

/** Joins the Region of a folder; its process is ended with the test. */
export async function join(directory: string, options: Partial<JoinOptions> = {}): Promise<JoinedRegion> {
  const joined = await joinRegion({ directory, entry: entryFor(directory), ...options })
  pids.add(joined.info.pid)
  return joined
}

/** `rehearse --serve`, and the description that it printed as JSON. */
export async function serve(
  directory: string,
  { stdin = 'pipe', flags = [] }: { stdin?: 'pipe' | 'ignore'; flags?: readonly string[] } = {},
): Promise<{ readonly info: RegionInfo; readonly child: ChildProcess; readonly exit: Promise<number | string> }> {
  const { command, args } = entryFor(directory, '--json', ...flags)
  const child = spawn(command, args, { stdio: [stdin, 'pipe', 'inherit'] })
  const exit = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code!)),
  )
  pids.add(child.pid!)
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve)
    void exit.then((code) => reject(new Error(`ended with ${code}`)))
  })
  return { info: JSON.parse(line) as RegionInfo, child, exit }
}

/** Starts a program of this folder, and resolves with its first line. */
export async function startProgram(
  name: string,
  ...args: readonly string[]
): Promise<{ child: ChildProcess; line: string }> {
  const path = fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  pids.add(child.pid!)
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
  return { child, line }
}

/** Resolves when a process has gone. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(10)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
