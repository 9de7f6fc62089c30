import { appendFileSync, mkdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { asRegionUnusable } from '../region-unusable.ts'

/** Bytes after which the log of a Region's own troubles starts afresh. */
const LARGEST_LOG = 1_048_576

/** The files of a rehearsal, all in one folder. */
export interface RegionFolder {
  readonly directory: string
  readonly state: string
  readonly requestLog: string
  readonly lock: string
  /** How to reach the living Region, with the token that guards its control path; 0600. */
  readonly control: string
  /** What the Region's process would have said on a terminal. */
  readonly log: string
  /** There while a reset is under way: a reset that was killed is finished by the next start. */
  readonly resetMark: string
  readonly config: string
  readonly bundleFile: string
  readonly bundleCa: string
}

export const regionFolder = (directory: string): RegionFolder => ({
  directory,
  state: join(directory, 'state.json'),
  requestLog: join(directory, 'requests.jsonl'),
  lock: join(directory, 'region.lock'),
  control: join(directory, 'control.json'),
  log: join(directory, 'region.log'),
  resetMark: join(directory, 'reset-under-way'),
  config: join(directory, 'rds-ca-runbook.config.yaml'),
  bundleFile: join(directory, 'global-bundle.pem'),
  bundleCa: join(directory, 'bundle-server-ca.pem'),
})

/** Makes the folder, for the owner alone, where there is none. Throws {@link RegionUnusable}. */
export function makeFolder({ directory }: RegionFolder): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw asRegionUnusable(error, `making the rehearsal's folder ${directory}`)
  }
}

/** Keeps the log from growing for ever. */
export function trimLog({ log }: RegionFolder): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGEST_LOG) truncateSync(log)
}

/** Writes a line to the Region's log. That the log cannot be written is no reason to stop. */
export function noteIn({ log }: RegionFolder, text: string): void {
  try {
    appendFileSync(log, `${new Date().toISOString()} ${text}\n`, { mode: 0o600 })
  } catch {
    // Nobody is there to be told: the process has no terminal.
  }
}
