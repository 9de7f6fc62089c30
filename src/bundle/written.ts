import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { saveFile } from '../tls/save-file.ts'

/** What was written where, by digest: how a later run knows its own work from somebody else's. */
export interface Written {
  /** Whether this, by its digest, is what was last written at that place. */
  is(place: string, digest: string): Promise<boolean>
  /** Notes what lies there now. Where nothing can be noted, nothing is: a later run then asks for `--force`. */
  remember(place: string, digest: string): Promise<void>
}

/** One small file for each place, in a directory that is made when it is needed. */
export function openWritten(directory: string): Written {
  const noteOf = (place: string): string =>
    join(directory, createHash('sha256').update(place).digest('hex').slice(0, 32))
  return {
    is: async (place, digest) => (await readFile(noteOf(place), 'utf8').catch(() => '')) === `${place}\n${digest}\n`,
    remember: (place, digest) =>
      saveFile(noteOf(place), Buffer.from(`${place}\n${digest}\n`), 0o600).catch(() => undefined),
  }
}
