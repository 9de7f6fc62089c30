/** Writes snapshots with conf. A module of its own, imported when the first line is appended: conf takes 100 ms to load. */
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Conf from 'conf'
import type { Snapshot } from './snapshot.ts'

export interface SnapshotStore {
  /** Makes and writes it, if that can be done: a snapshot that is missing or old costs time, never progress. */
  save(make: () => Snapshot): void
}

// conf brings handlers for every fatal signal, which end the process. This one comes when a file would grow over a limit (`ulimit -f`),
// and Node itself ignores it, so that the write fails and can be said: a handler that does nothing keeps it so.
process.removeAllListeners('SIGXFSZ')
process.on('SIGXFSZ', () => {})

/**
 * A store over one `snapshot.json`. Call it and its `save` under the journal's append lock only: conf's writers must not overlap.
 *
 * What conf 16 does oddly: on a full disk it returns normally and leaves half a file (which the digest finds out); killed, it leaves
 * its temporary file behind; it would make the directory 0755 (which exists by now, 0700).
 */
export function openSnapshotStore(file: string): SnapshotStore {
  let conf: Conf<Record<string, unknown>> | undefined
  return {
    save(make) {
      try {
        if (!conf) removeOrphans(file)
        conf ??= new Conf({
          cwd: dirname(file),
          configName: basename(file, '.json'),
          configFileMode: 0o600,
          accessPropertiesByDotNotation: false,
          // Half a file must not keep the next one from being written.
          clearInvalidConfig: true,
        })
        conf.store = { ...make() }
      } catch {
        // No space, no permission, a state that is no JSON: the line is in the journal, and the next start reads it there.
      }
    },
  }
}

/** Ends what killed writers left behind. Nobody else writes now: this runs under the append lock. */
function removeOrphans(file: string): void {
  const directory = dirname(file)
  for (const name of fs.readdirSync(directory)) {
    if (name.startsWith(`${basename(file)}.tmp-`)) fs.rmSync(join(directory, name), { force: true })
  }
}
