/** How the layers of a container image lie over each other (OCI image layer specification, "Applying changesets"). */
import { posix } from 'node:path'

/** What a layer says of one path that matters. */
export type LayerEntry =
  | { readonly type: 'file'; readonly bytes: Buffer; readonly mode: number }
  /** Larger than a trust store can be: left unread. */
  | { readonly type: 'large' }
  /** A device or the like. */
  | { readonly type: 'special' }
  | { readonly type: 'directory' }
  | { readonly type: 'link'; readonly target: string }

/** One layer, as far as it concerns the paths that were asked about. Paths are absolute and without a slash at the end. */
export interface Layer {
  readonly entries: ReadonlyMap<string, LayerEntry>
  /** Paths that it deletes from the layers below. */
  readonly deleted: ReadonlySet<string>
  /** Directories of which it hides all that the layers below have in them. */
  readonly opaque: ReadonlySet<string>
}

/** What is at a path in the whole image: the file, another path to go on with, or nothing. */
export type Looked = LayerEntry | { readonly type: 'nothing' }

export const normal = (path: string): string => {
  const absolute = posix.resolve('/', path)
  return absolute === '' ? '/' : absolute
}

/** The path itself and every folder that it lies in, outermost first, without the root. */
export function prefixesOf(path: string): readonly string[] {
  const parts = path.split('/').filter(Boolean)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/** What the name of an entry deletes, if it is a mark for that. */
export function whiteout(path: string): { readonly deletes: string } | { readonly hides: string } | undefined {
  const [folder, name] = [posix.dirname(path), posix.basename(path)]
  if (name === OPAQUE) return { hides: folder }
  return name.startsWith(WHITEOUT) ? { deletes: posix.join(folder, name.slice(WHITEOUT.length)) } : undefined
}

/** @param layers the lowest first */
export function lookUp(layers: readonly Layer[], path: string): Looked {
  const prefixes = prefixesOf(path)
  const folders = new Set<string>()
  for (const layer of layers.toReversed()) {
    for (const prefix of prefixes) {
      const entry = layer.entries.get(prefix)
      if (!entry) continue
      if (entry.type === 'directory') {
        folders.add(prefix)
        if (prefix === path) return entry
        continue
      }
      // A folder above has taken its place.
      if (folders.has(prefix)) return { type: 'nothing' }
      if (prefix === path) return entry
      // What lies in the way is a link to another folder, or no folder at all.
      if (entry.type === 'link') return { type: 'link', target: posix.join(entry.target, path.slice(prefix.length)) }
      return { type: 'nothing' }
    }
    const gone = prefixes.some((prefix) => layer.deleted.has(prefix) || (prefix !== path && layer.opaque.has(prefix)))
    if (gone || layer.opaque.has('/')) return { type: 'nothing' }
  }
  return { type: 'nothing' }
}
