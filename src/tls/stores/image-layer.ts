import { posix } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { MAX_BYTES } from './files.ts'
import { normal, whiteout, type Layer, type LayerEntry } from './layers.ts'

/** More than the largest images hold; a file that unpacks to more is made to do harm. */
const MAX_UNPACKED = 64 * 2 ** 30

/** What was to be unpacked goes on for too long. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

const startsWith = (head: Buffer, ...magic: number[]): boolean => magic.every((byte, index) => head[index] === byte)

/** The bytes of a stream as they were before they were compressed, with gzip or zstd or not at all; bounded. */
export async function* unpacked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let ended = false
  while (head.length < 4 && !ended) {
    const { value, done } = await chunks.next()
    ended = done === true
    if (value) head = Buffer.concat([head, value as Buffer])
  }
  async function* whole(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head
    if (!ended) yield* { [Symbol.asyncIterator]: () => chunks }
  }
  const unpack = startsWith(head, 0x1f, 0x8b)
    ? createGunzip()
    : startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)
      ? createZstdDecompress()
      : new PassThrough()
  const failure = pipeline(Readable.from(whole()), unpack).catch((error: unknown) => error)
  let total = 0
  try {
    for await (const chunk of unpack as AsyncIterable<Buffer>) {
      total += chunk.length
      if (total > MAX_UNPACKED) throw new TooLarge()
      yield chunk
    }
  } finally {
    unpack.destroy()
    await failure
  }
}

export interface TarEntry {
  readonly headers: Header
  readonly path: string
  /** Its bytes; undefined beyond the limit. What is not asked for is passed over. */
  bytes(limit: number): Promise<Buffer | undefined>
  readonly stream: AsyncIterable<Buffer>
}

/** The entries of a tar, in order. Whatever of one is not read is passed over. Throws what zlib and tar-stream throw. */
export async function* tarEntries(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const tar = extract()
  const feeding = pipeline(Readable.from(unpacked(source)), tar).then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    for await (const entry of tar) {
      // tar-stream's own types do not say of what its streams are.
      const stream = entry as AsyncIterable<Buffer>
      const bytes = async (limit: number): Promise<Buffer | undefined> => {
        if (entry.header.size > limit) return undefined
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk)
        return Buffer.concat(chunks)
      }
      yield { headers: entry.header, path: normal(entry.header.name), bytes, stream }
      entry.resume()
    }
    const error = await feeding
    if (error !== undefined) throw error
  } finally {
    tar.destroy()
    await feeding
  }
}

async function entryOf({ headers, path, bytes }: TarEntry): Promise<LayerEntry> {
  switch (headers.type) {
    case 'directory':
      return { type: 'directory' }
    case 'symlink':
      return { type: 'link', target: posix.resolve(posix.dirname(path), headers.linkname) }
    case 'link':
      return { type: 'link', target: normal(headers.linkname) }
    case 'file':
    case 'contiguous-file': {
      const content = await bytes(MAX_BYTES)
      return content ? { type: 'file', bytes: content, mode: headers.mode & 0o7777 } : { type: 'large' }
    }
    case 'block-device':
    case 'character-device':
    case 'fifo':
      return { type: 'special' }
  }
}

/** One layer, as far as it concerns these paths. */
export async function readLayer(source: AsyncIterable<Buffer>, wanted: ReadonlySet<string>): Promise<Layer> {
  const entries = new Map<string, LayerEntry>()
  const deleted = new Set<string>()
  const opaque = new Set<string>()
  for await (const entry of tarEntries(source)) {
    const mark = whiteout(entry.path)
    if (mark && 'hides' in mark) opaque.add(mark.hides)
    else if (mark) deleted.add(mark.deletes)
    else if (wanted.has(entry.path)) entries.set(entry.path, await entryOf(entry))
  }
  return { entries, deleted, opaque }
}
