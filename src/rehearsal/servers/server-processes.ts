import { sep } from 'node:path'

import { CannotServe } from './cannot-serve.ts'
import { hasEnded, type RunningProcess, runningProcess, runningProcesses } from './processes.ts'
import { waitUntil } from './wait-until.ts'

const DOWN_WITHIN = 5000
const POLL = 10

/** The option by which a server's command line names its data, for PostgreSQL and for MariaDB and MySQL. */
const POSTGRES_DATA = '-D '
const MYSQL_DATA = '--datadir='

/** The option by which this process names data in this directory: a server does, of whatever engine, and a pager that shows its log does not. */
const dataOption = (directory: string, running: RunningProcess): string | undefined =>
  [POSTGRES_DATA, MYSQL_DATA].find((option) => running.commandLine.includes(` ${option}${directory}${sep}data-`))

/** Whether that process is a server on data in this directory: a number alone proves nothing, the system gives it to others in time. */
export function runsIn(directory: string, pid: number): boolean {
  const running = runningProcess(pid)
  return running !== undefined && dataOption(directory, running) !== undefined
}

/**
 * The servers on data in this directory, recorded anywhere or not: a kill can fall between the start of one and the moment of writing it
 * down. A child that PostgreSQL forked just now still bears its parent's command line, and is among them.
 */
export const serversIn = (directory: string): readonly number[] =>
  runningProcesses().flatMap((running) => (dataOption(directory, running) === undefined ? [] : [running.pid]))

/**
 * Ends a server and its sessions, cleanly if it lets itself, and waits until it is gone. Does nothing when that process is no server in this
 * directory. Throws {@link CannotServe} (`STOP_FAILED`).
 */
export async function endServer(directory: string, pid: number): Promise<void> {
  const running = runningProcess(pid)
  if (!running) return
  // PostgreSQL's "fast" shutdown is SIGINT; at SIGTERM it would wait for its clients to leave.
  const clean = dataOption(directory, running) === POSTGRES_DATA ? 'SIGINT' : 'SIGTERM'
  for (const signal of [clean, 'SIGKILL'] as const) {
    if (!runsIn(directory, pid)) return
    try {
      process.kill(pid, signal)
    } catch {
      // It ended just now, or is not ours to end: the look below tells.
    }
    const gone = await waitUntil(() => (hasEnded(pid) ? true : undefined), { every: POLL, atMost: DOWN_WITHIN })
    if (gone) return
  }
  throw new CannotServe(
    'STOP_FAILED',
    `The database server in ${directory} (process ${pid}) could not be ended and still runs. End it yourself, then rehearse again.`,
  )
}
