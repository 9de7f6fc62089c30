import { createHash } from 'node:crypto'
import { CannotReadStore } from '../../ports/trust-stores.ts'
import { declaredPassword, type PasswordSource } from './passwords.ts'
import { certificatesOf, malformed, type ReadStore, type StoreBytes } from './read-store.ts'

/** Java's own format of key stores (sun.security.provider.JavaKeyStore): big-endian, strings and blobs with their length first. */
const MAGIC = 0xfeedfeed
const PRIVATE_KEY = 1
const TRUSTED = 2
const DIGEST_BYTES = 20

export const isJks = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.readUInt32BE(0) === MAGIC

/** Reads on, and never past the end. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(count: number): Buffer {
    if (count > this.left) throw new RangeError(`it ends after ${this.#bytes.length} bytes, within an entry`)
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  int = (): number => this.take(4).readUInt32BE()
  text = (): string => this.take(this.take(2).readUInt16BE()).toString('utf8')
  blob = (): Buffer => this.take(this.int())
}

/** Version 2 says of what type a certificate is. */
function certificateAt(cursor: Cursor, version: number): Buffer {
  if (version === 2) cursor.text()
  return cursor.blob()
}

interface Entries {
  readonly trusted: readonly Buffer[]
  /** The first certificate of each private key, which Java trusts as well. */
  readonly own: readonly Buffer[]
}

function entriesOf(bytes: Buffer): Entries {
  const cursor = new Cursor(bytes.subarray(0, -DIGEST_BYTES))
  cursor.int()
  const version = cursor.int()
  if (version !== 1 && version !== 2) throw new RangeError(`it has version ${version}; there are 1 and 2`)
  const count = cursor.int()
  const trusted: Buffer[] = []
  const own: Buffer[] = []
  for (let entry = 0; entry < count; entry += 1) {
    const tag = cursor.int()
    cursor.text()
    cursor.take(8)
    if (tag === TRUSTED) trusted.push(certificateAt(cursor, version))
    else if (tag === PRIVATE_KEY) {
      cursor.blob()
      const chain = Array.from({ length: Math.min(cursor.int(), cursor.left) }, () => certificateAt(cursor, version))
      own.push(...chain.slice(0, 1))
    } else throw new RangeError(`entry ${entry + 1} is of the unknown kind ${tag}`)
  }
  if (cursor.left > 0) throw new RangeError(`${cursor.left} bytes follow its last entry`)
  return { trusted, own }
}

/** What Java adds to the password before it hashes the contents with it. */
const WHITENER = 'Mighty Aphrodite'

function isWholeUnder(bytes: Buffer, password: string): boolean {
  const utf16be = Buffer.from(password, 'utf16le').swap16()
  const digest = createHash('sha1').update(utf16be).update(WHITENER, 'latin1').update(bytes.subarray(0, -DIGEST_BYTES))
  return digest.digest().equals(bytes.subarray(-DIGEST_BYTES))
}

/**
 * The certificates of a JKS that Java trusts. They stand in it in clear: a password is not needed, and where one is declared, it only
 * tells whether the file is whole. Throws CannotReadStore.
 */
export async function readJks({ location, bytes }: StoreBytes, source: PasswordSource): Promise<ReadStore> {
  let entries: Entries
  try {
    entries = entriesOf(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw malformed(location, `${error.message} (a Java key store, JKS)`, { cause: error })
  }
  const password = await declaredPassword(location, source)
  if (password !== undefined && !isWholeUnder(bytes, password))
    throw new CannotReadStore(
      'PASSWORD',
      `The declared password does not fit the trust store ${location}: it is another one, or the file was altered. Java would refuse it.`,
    )
  return {
    ...certificatesOf([...entries.trusted, ...entries.own]),
    truncated: false,
    hasPrivateKey: entries.own.length > 0,
    findings: [],
  }
}
