import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** One import: the file it stands in, and what it names: a file of ours (from the root) or a package. */
export interface Import {
  readonly from: string
  readonly to: string
  /** `import type`, or every name with `type`: gone when the program runs. */
  readonly typeOnly: boolean
  /** `import()`: loaded when it is first needed, and perhaps never. */
  readonly lazy: boolean
}

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))

const STATEMENT =
  /^\s*(?:import|export)\s+(type\s+)?([^'";]*?)from\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/gm

/** Every import of these folders' sources, read from their text. */
export function importsOf(folders: readonly string[]): Import[] {
  return folders.flatMap(sources).flatMap((from) => {
    const text = readFileSync(join(ROOT, from), 'utf8')
    return [...text.matchAll(STATEMENT)].map(([, type, names = '', named, bare, dynamic]) => {
      const to = named ?? bare ?? dynamic ?? ''
      const listed = /^\{([^}]*)\}\s*$/.exec(names.trim())?.[1]
      const allTypes =
        listed !== undefined && listed.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '))
      const local = to.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(from), to)) : to
      return { from, to: local, typeOnly: type !== undefined || allTypes, lazy: dynamic !== undefined }
    })
  })
}
