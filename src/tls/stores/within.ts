import { readlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

const MAX_LINKS = 40

/**
 * Where a path leads in a file system that is mounted at `root`: a link to an absolute path means that file system's own, while this
 * machine would follow it to its own file of that name, which is another trust store.
 */
export async function within(root: string, path: string): Promise<string> {
  let todo = resolve('/', path).split('/').filter(Boolean)
  let done = '/'
  for (let links = 0; todo.length > 0;) {
    const [name = '', ...rest] = todo
    const next = join(done, name)
    const target = links < MAX_LINKS ? await readlink(join(root, next)).catch(() => undefined) : undefined
    if (target === undefined) {
      done = next
      todo = rest
    } else {
      links += 1
      todo = [...resolve(dirname(next), target).split('/').filter(Boolean), ...rest]
      done = '/'
    }
  }
  return join(root, done)
}
