import { createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { writeWholeFile } from './whole-file.ts'

/** The one secret of a rehearsal, from which the throwaway password of each of its database users is derived. */
export class Secret {
  readonly #key: string

  constructor(key: string) {
    this.#key = key
  }

  /** A user's password, the same on every server of the rehearsal. Letters, digits, `-` and `_` only: it needs no quoting anywhere. */
  passwordOf(user: string): string {
    return createHmac('sha256', this.#key).update(`password of ${user}`).digest('base64url').slice(0, 32)
  }

  /** Tells data directories that were made with this secret from others, and tells nothing about it. */
  get mark(): string {
    return createHmac('sha256', this.#key).update('mark').digest('hex').slice(0, 8)
  }
}

/** The secret kept in the rehearsal's folder (0600), made where there is none or a spoilt one. */
export async function openSecret(rehearsal: string): Promise<Secret> {
  const file = join(rehearsal, 'secret')
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (/^[0-9a-f]{64}\n$/.test(kept)) return new Secret(kept)
  const made = `${randomBytes(32).toString('hex')}\n`
  await writeWholeFile(file, made)
  return new Secret(made)
}
