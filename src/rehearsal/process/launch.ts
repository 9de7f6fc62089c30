import { spawn } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import * as z from 'zod/mini'
import { REGION_UNUSABLE_CODES } from '../region-unusable.ts'
import { WORLDS } from '../world.ts'
import type { RegionFolder } from './region-folder.ts'

/** How a Region's process is started: the program and its arguments, which come to `main` of `serve.ts`. */
export interface Entry {
  readonly command: string
  readonly args: readonly string[]
}

/** What a process is told when it is started to serve a Region on its own, without a terminal. */
const launchOrder = z.object({
  directory: z.string(),
  speed: z.exactOptional(z.number()),
  faults: z.exactOptional(z.readonly(z.array(z.string()))),
  reset: z.exactOptional(z.boolean()),
  world: z.exactOptional(z.enum(WORLDS)),
})
export type LaunchOrder = z.infer<typeof launchOrder>

/** What became of it. `held`: another process serves the folder. */
const launchOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('held') }),
  z.object({ kind: z.literal('failed'), code: z.exactOptional(z.enum(REGION_UNUSABLE_CODES)), message: z.string() }),
])
export type LaunchOutcome = z.infer<typeof launchOutcome>

const ORDER_VARIABLE = 'RDS_CA_RUNBOOK_REGION'
/** The file descriptor on which the new process says, once, what became of it. */
const OUTCOME_CHANNEL = 3

/**
 * Starts a Region's process: a session of its own, so that no key pressed here reaches it, with no terminal, its words
 * going to the log. Resolves when it is ready or has failed; throws the signal's reason, and the process goes on.
 */
export async function launch(
  entry: Entry,
  order: LaunchOrder,
  folder: RegionFolder,
  signal?: AbortSignal,
): Promise<LaunchOutcome> {
  const log = openSync(folder.log, 'a', 0o600)
  const child = spawn(entry.command, entry.args, {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log, 'pipe'],
    env: { ...environmentWithoutAws(), [ORDER_VARIABLE]: JSON.stringify(order) },
  })
  closeSync(log)
  const channel = child.stdio[OUTCOME_CHANNEL] as Readable
  const told = new Promise<LaunchOutcome>((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    createInterface({ input: channel }).once('line', (line) => resolve(launchOutcome.parse(JSON.parse(line))))
    child.once('error', (error) => resolve({ kind: 'failed', message: `${entry.command}: ${error.message}` }))
    child.once('close', (code, signal) =>
      resolve({
        kind: 'failed',
        message: `its process ended with ${signal ?? `exit code ${code}`}; see ${folder.log}`,
      }),
    )
  })
  try {
    return await told
  } finally {
    channel.destroy()
    child.unref()
  }
}

/** The order that this process was started with, if it was; given once, so that processes of its own do not inherit it. */
export function takeLaunchOrder(environment: NodeJS.ProcessEnv): LaunchOrder | undefined {
  const text = environment[ORDER_VARIABLE]
  delete environment[ORDER_VARIABLE]
  return text === undefined ? undefined : launchOrder.parse(JSON.parse(text))
}

/** Tells the process that started this one what became of it. That it has gone meanwhile is no matter. */
export function tellOutcome(outcome: LaunchOutcome): void {
  try {
    writeSync(OUTCOME_CHANNEL, `${JSON.stringify(outcome)}\n`)
    closeSync(OUTCOME_CHANNEL)
  } catch {
    // Whoever asked was killed while it waited; the Region ends by itself when no other program joins.
  }
}

/** An operator's AWS credentials have no business in a simulated Region. */
const environmentWithoutAws = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
