import envPaths from 'env-paths'
import { join, resolve } from 'node:path'

/** Where progress, bundles and the rehearsal live. XDG on Linux, the platform's own place elsewhere; `--state-dir` overrides. */
export interface StateDirectory {
  readonly root: string
  readonly progress: string
  readonly bundles: string
  /** Who was seen connected over time. */
  readonly sightings: string
  readonly rehearsal: string
  /** Where handshakes with MySQL endpoints are counted. */
  readonly handshakes: string
}

export function stateDirectory(flag: string | undefined): StateDirectory {
  const root = flag ? resolve(flag) : envPaths('rds-ca-runbook', { suffix: '' }).data
  return {
    root,
    progress: join(root, 'progress'),
    bundles: join(root, 'bundles'),
    sightings: join(root, 'sightings'),
    rehearsal: join(root, 'rehearsal'),
    handshakes: join(root, 'handshakes'),
  }
}
