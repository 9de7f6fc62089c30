import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import * as z from 'zod/mini'
import { CannotReadStore, type StoreFinding } from '../../ports/trust-stores.ts'
import { cannotRead, notAFile } from './files.ts'
import { readLayer, tarEntries, TooLarge } from './image-layer.ts'
import { lookUp, normal, prefixesOf, type Layer, type LayerEntry } from './layers.ts'
import { permissionFindings } from './lint.ts'
import { malformed, type StoreBytes } from './read-store.ts'

/** Manifests have a few kilobytes; hundreds of layers make them some hundred. */
const MAX_JSON = 1_000_000
const MAX_JSON_FILES = 2_000
const MAX_LINKS = 16

/** Where an image's parts are: in a folder, or in a tar. */
interface Image {
  /** The small files that may be JSON, by path. */
  readonly small: (path: string) => Promise<Buffer | undefined>
  /** The layers of these names, with what they say of the wanted paths; a tar is read once for all. */
  readonly layers: (names: readonly string[], wanted: ReadonlySet<string>) => Promise<readonly Layer[]>
}

const digest = z.string().check(z.regex(/^sha\d+:[0-9a-f]{32,128}$/))
const descriptor = z.object({
  mediaType: z.optional(z.string()),
  digest,
  platform: z.optional(z.object({ os: z.string(), architecture: z.string() })),
})
const index = z.object({ manifests: z.array(descriptor) })
const manifest = z.object({ layers: z.array(descriptor) })
const saved = z.array(z.object({ Layers: z.array(z.string()) }))

const blobOf = (name: string): string => `blobs/${name.replace(':', '/')}`

function json<Schema extends z.ZodMiniType>(schema: Schema, bytes: Buffer | undefined): z.output<Schema> | undefined {
  if (!bytes) return undefined
  try {
    const result = schema.safeParse(JSON.parse(bytes.toString('utf8')))
    return result.success ? result.data : undefined
  } catch {
    return undefined
  }
}

/** Attestations lie beside images under the platform `unknown`. */
const isImage = ({ platform }: z.infer<typeof descriptor>): boolean => platform?.os !== 'unknown'

/** The layers of the image, the lowest first, as paths in it; undefined: it is no image but the tar of one layer. */
async function layersOf(location: string, { small }: Image): Promise<readonly string[] | undefined> {
  const one = json(saved, await small('manifest.json'))
  const top = json(index, await small('index.json'))
  if (!one && !top) return undefined
  if (one) {
    const [image, ...more] = one
    if (!image || more.length > 0) throw ambiguous(location, one.length)
    return image.Layers
  }
  let found = top
  for (let depth = 0; found && depth < 3; depth += 1) {
    const images = found.manifests.filter(isImage)
    const [image, ...more] = images
    if (!image || more.length > 0) throw ambiguous(location, images.length)
    const bytes = await small(blobOf(image.digest))
    const read = json(manifest, bytes)
    if (read) return read.layers.map((layer) => blobOf(layer.digest))
    found = json(index, bytes)
  }
  throw malformed(location, 'its manifest is not there or cannot be read (a container image)')
}

const ambiguous = (location: string, count: number): CannotReadStore =>
  count === 0
    ? new CannotReadStore('NOT_THERE', `There is no image in ${location}.`)
    : new CannotReadStore(
        'AMBIGUOUS',
        `There are ${count} images in ${location} (tags, or platforms). Save the one that runs: docker save NAME@DIGEST, or skopeo copy --override-arch ARCH … oci:DIRECTORY.`,
      )

const fileStream = (path: string, signal: AbortSignal | undefined): AsyncIterable<Buffer> =>
  createReadStream(path, signal ? { signal } : {})

const NOTHING: Layer = { entries: new Map(), deleted: new Set(), opaque: new Set() }

function folderImage(folder: string, signal: AbortSignal | undefined): Image {
  const inFolder = (name: string): string => join(folder, normal(name))
  return {
    async small(name) {
      const path = inFolder(name)
      const size = await stat(path).then(
        (found) => found.size,
        () => undefined,
      )
      if (size === undefined || size > MAX_JSON) return undefined
      const chunks: Buffer[] = []
      for await (const chunk of fileStream(path, signal)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    async layers(names, wanted) {
      const all: Layer[] = []
      for (const name of names) all.push(await readLayer(fileStream(inFolder(name), signal), wanted))
      return all
    },
  }
}

/** The small files of a tar, and its links: docker used to save a layer that images share once, and link to it. */
async function survey(file: string, signal: AbortSignal | undefined) {
  const small = new Map<string, Buffer>()
  const links = new Map<string, string>()
  for await (const entry of tarEntries(fileStream(file, signal))) {
    const { type, size, linkname } = entry.headers
    if (type === 'symlink') links.set(entry.path, posix.resolve(posix.dirname(entry.path), linkname))
    if (type !== 'file' || size > MAX_JSON || small.size > MAX_JSON_FILES) continue
    if (!/\.json$|^\/blobs\//.test(entry.path)) continue
    const bytes = await entry.bytes(MAX_JSON)
    // A layer may be small too; JSON begins with a bracket or a brace.
    if (bytes && /^\s*[[{]/.test(bytes.subarray(0, 64).toString('latin1'))) small.set(entry.path, bytes)
  }
  return { small, links }
}

async function archivedImage(file: string, signal: AbortSignal | undefined): Promise<Image> {
  const { small, links } = await survey(file, signal)
  return {
    small: async (name) => small.get(normal(name)),
    async layers(names, wanted) {
      const paths = names.map((name) => links.get(normal(name)) ?? normal(name))
      const read = new Map<string, Layer>()
      for await (const entry of tarEntries(fileStream(file, signal)))
        if (paths.includes(entry.path)) read.set(entry.path, await readLayer(entry.stream, wanted))
      const missing = paths.find((path) => !read.has(path))
      if (missing !== undefined) throw malformed(file, `the layer ${missing} is not in it (a container image)`)
      return paths.map((path) => read.get(path) ?? NOTHING)
    },
  }
}

/** Follows links within the image until there is a file. */
async function fileAt(
  location: string,
  inside: string,
  layers: (wanted: ReadonlySet<string>) => Promise<readonly Layer[]>,
): Promise<Extract<LayerEntry, { type: 'file' }>> {
  let path = normal(inside)
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    const found = lookUp(await layers(new Set(prefixesOf(path))), path)
    switch (found.type) {
      case 'file':
        return found
      case 'link':
        path = normal(found.target)
        break
      case 'large':
        throw new CannotReadStore('TOO_LARGE', `${path} in ${location} is too large to be a trust store.`)
      case 'directory':
        throw new CannotReadStore(
          'EISDIR',
          `${path} in ${location} is a directory. Declare the file in it that the application loads.`,
        )
      case 'special':
      case 'nothing':
        throw new CannotReadStore(
          'NOT_THERE',
          `There is no ${path} in ${location}${path === normal(inside) ? '' : `, where ${inside} leads`}: no layer has it, or one deletes it. Declare the path that the application loads within its container.`,
        )
    }
  }
  throw new CannotReadStore('ELOOP', `${inside} in ${location} leads through more than ${MAX_LINKS} links.`)
}

/** zlib's and tar-stream's errors are about the file; everything else passes. */
function asSentence(location: string, error: unknown): unknown {
  if (error instanceof TooLarge)
    return new CannotReadStore('TOO_LARGE', `${location} unpacks to more than an image holds.`)
  if (error instanceof CannotReadStore || !(error instanceof Error)) return error
  if ('syscall' in error) return cannotRead(location, error)
  return malformed(location, `it is no tar, or cut off: ${error.message} (a container image)`, { cause: error })
}

/** A file of a container image: an OCI layout in a folder or tar, what `docker save` wrote, or the tar of one layer. Throws {@link CannotReadStore}. */
export async function storeInImage(location: string, inside: string, signal?: AbortSignal): Promise<StoreBytes> {
  try {
    const found = await stat(location)
    const isFolder = found.isDirectory()
    if (!isFolder && !found.isFile()) throw notAFile(location)
    const image = isFolder ? folderImage(location, signal) : await archivedImage(location, signal)
    const names = await layersOf(location, image)
    if (!names && isFolder)
      throw malformed(location, 'there is neither index.json nor manifest.json in it (a container image)')
    const layers = async (wanted: ReadonlySet<string>): Promise<readonly Layer[]> =>
      names ? image.layers(names, wanted) : [await readLayer(fileStream(location, signal), wanted)]
    const { bytes, mode } = await fileAt(location, inside, layers)
    const findings: readonly StoreFinding[] = permissionFindings(inside, mode)
    return { location: `${location} (${normal(inside)})`, bytes, findings }
  } catch (error) {
    signal?.throwIfAborted()
    throw asSentence(location, error)
  }
}
