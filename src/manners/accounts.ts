import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ProgressUnusable } from '../ports/progress.ts'
import { CannotReach } from '../ports/wire.ts'
import { makeDirectory, syncDirectory, writeNewFile } from '../progress/durable.ts'
import { SqliteLock } from '../progress/sqlite-lock.ts'
import { orUnusable } from '../progress/unusable.ts'
import { digestOf } from '../rules/words.ts'
import { EMPTY_ACCOUNT, type Account } from './account.ts'

const FORMAT = 1
const LOOK_AGAIN = 25

/** An account while nobody else can look at it or at its endpoint. */
export interface Turn {
  readonly account: Account
  /** Durable when it returns. */
  save(account: Account): void
}

/** The accounts of all endpoints, one file each below a directory, kept across runs and shared between processes. */
export interface Accounts {
  /** As it is on disk. Throws `ProgressUnusable`. */
  read(endpoint: string): Account
  /**
   * Does something while no other process, and nothing else in this one, has the endpoint's turn. Throws `CannotReach` (`IN_USE`) when
   * the turn does not come within so many milliseconds, and `ProgressUnusable`.
   */
  inTurn<T>(endpoint: string, timeout: number, work: (turn: Turn) => Promise<T>, signal?: AbortSignal): Promise<T>
}

const corrupt = (file: string, cause: unknown): ProgressUnusable =>
  new ProgressUnusable(
    'CORRUPT',
    file,
    `${file} cannot be read. It counts the handshakes with one MySQL endpoint, so that no server blocks this address; nothing else is in it. Move it away, and no handshake will be counted before now.`,
    { cause },
  )

function parse(file: string, text: string): Account {
  try {
    const { format, account } = JSON.parse(text) as { readonly format: unknown; readonly account: Account }
    if (format !== FORMAT || !account.spent.every((at) => Number.isFinite(at))) throw new TypeError('not an account')
    return account
  } catch (error) {
    throw corrupt(file, error)
  }
}

export function openAccounts(directory: string): Accounts {
  const fileOf = (endpoint: string, ext: string): string => {
    const key = endpoint.toLowerCase()
    const readable = key.replace(/[^a-z0-9]+/g, '-').slice(0, 60)
    return join(directory, `${readable}-${digestOf(key).slice(0, 16)}.${ext}`)
  }

  const read = (endpoint: string): Account => {
    const file = fileOf(endpoint, 'json')
    return orUnusable(file, 'read the count of handshakes', () =>
      existsSync(file) ? parse(file, readFileSync(file, 'utf8')) : EMPTY_ACCOUNT,
    )
  }

  const write = (endpoint: string, account: Account): void => {
    const file = fileOf(endpoint, 'json')
    orUnusable(file, 'write the count of handshakes', () => {
      writeNewFile(`${file}.new`, Buffer.from(`${JSON.stringify({ format: FORMAT, endpoint, account })}\n`))
      renameSync(`${file}.new`, file)
      syncDirectory(directory)
    })
  }

  return {
    read,
    async inTurn(endpoint, timeout, work, signal) {
      orUnusable(directory, 'make a directory', () => makeDirectory(directory))
      const until = performance.now() + timeout
      const lock = fileOf(endpoint, 'lock')
      for (;;) {
        signal?.throwIfAborted()
        const held = SqliteLock.take(lock)
        if (held) {
          try {
            let account = read(endpoint)
            return await work({
              get account() {
                return account
              },
              save(next) {
                write(endpoint, next)
                account = next
              },
            })
          } finally {
            held.release()
          }
        }
        if (performance.now() >= until)
          throw new CannotReach(
            'IN_USE',
            'connect',
            `another look at ${endpoint} is under way, and one at a time is what MySQL is asked for: try again when it has ended`,
          )
        await wait(LOOK_AGAIN, undefined, { ...(signal && { signal }) })
      }
    },
  }
}
