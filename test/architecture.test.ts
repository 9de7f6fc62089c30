/** Holds the arrows of ARCHITECTURE.md: who may import whom. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, importsOf, type Import } from './support/import-graph.ts'

/** What each folder may import of ours. A folder that is not named here fails: new rooms are put on the map. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'src/rules': ['src/rules'],
  'src/ports': ['src/ports', 'src/rules'],
  steps: ['steps', 'src/ports', 'src/rules'],
  'src/runner': ['src/runner', 'src/ports', 'src/rules'],
  'src/config': ['src/config', 'src/ports', 'src/rules'],
  'src/fleet': ['src/fleet', 'src/config', 'src/ports', 'src/rules'],
  'src/aws': ['src/aws', 'src/ports', 'src/rules'],
  'src/tls': ['src/tls', 'src/programs', 'src/ports', 'src/rules'],
  'src/programs': ['src/programs'],
  'src/sql': ['src/sql', 'src/tls', 'src/ports', 'src/rules'],
  'src/census': ['src/census', 'src/ports', 'src/rules'],
  'src/check': ['src/check', 'src/tls', 'src/ports', 'src/rules'],
  'src/stores': ['src/stores', 'src/check', 'src/bundle', 'src/tls', 'src/ports', 'src/rules'],
  'src/bundle': ['src/bundle', 'src/tls', 'src/ports', 'src/rules'],
  'src/people': ['src/people', 'src/bundle', 'src/ports', 'src/rules'],
  'src/checks': ['src/checks', 'src/programs', 'src/ports', 'src/rules'],
  'src/progress': ['src/progress', 'src/ports', 'src/rules'],
  'src/manners': ['src/manners', 'src/tls', 'src/progress', 'src/ports', 'src/rules'],
  // A program of its own: it shares nothing but words with the one for which it stands in for AWS.
  'src/rehearsal': ['src/rehearsal', 'src/rules/words.ts'],
  'src/ui': ['src/ui', 'src/census', 'src/runner', 'src/ports', 'src/rules'],
}

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'src/rules': ['node:crypto', 'zod/mini'],
  'src/ports': [],
  steps: ['zod/mini'],
  'src/runner': [],
}

const folderOf = (path: string): string =>
  path.startsWith('src/') ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? '')
const isOurs = (path: string): boolean => path.startsWith('src/') || path.startsWith('steps/')
const imports = importsOf(['src', 'steps'])
const shown = ({ from, to }: Import): string => `${from} → ${to}`

describe('the arrows', () => {
  it('point one way', () => {
    const inside = imports.filter(
      ({ from }) => from !== 'src/main.ts' && from !== 'src/version.ts' && folderOf(from) !== 'src/commands',
    )
    const wrong = inside.filter(
      ({ from, to }) =>
        isOurs(to) && !ARROWS[folderOf(from)]?.some((allowed) => allowed === folderOf(to) || allowed === to),
    )
    expect(wrong.map((one) => shown(one))).toEqual([])
  })

  it('only commands wire: nobody imports them but main', () => {
    const wrong = imports.filter(
      ({ from, to }) => folderOf(to) === 'src/commands' && folderOf(from) !== 'src/commands' && from !== 'src/main.ts',
    )
    expect(wrong.map((one) => shown(one))).toEqual([])
  })

  it.each(Object.entries(PACKAGES))('%s uses these packages and no others: %s', (folder, allowed) => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => folderOf(from) === folder && !isOurs(to) && !typeOnly && !allowed.includes(to),
    )
    expect(wrong.map((one) => shown(one))).toEqual([])
  })

  it('React and Ink stay in the terminal UI, the SDK in src/aws, drivers in src/sql and the rehearsal, conf in src/progress', () => {
    const homes: readonly (readonly [RegExp, RegExp])[] = [
      [/^(react|ink)($|\/)/, /^src\/ui\/tui\//],
      [/^@aws-sdk\//, /^src\/aws\//],
      [/^(pg|mysql2)($|\/)/, /^src\/(sql|rehearsal)\//],
      [/^conf$/, /^src\/progress\//],
      [/^(node-forge|tar-stream)$/, /^src\/tls\/stores\//],
      [/^commander$/, /^src\/(commands\/|main\.ts)/],
    ]
    const wrong = imports.filter(({ from, to }) => homes.some(([what, home]) => what.test(to) && !home.test(from)))
    expect(wrong.map((one) => shown(one))).toEqual([])
  })
})

describe('the rules and steps are pure', () => {
  const files = ['src/rules', 'steps'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => join(folder, name)),
  )
  it.each(files)('%s reads no clock, no environment, no dice', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8')
    expect(text).not.toMatch(
      /Date\.now\(|new Date\(\)|process\.(env|argv|std|exit|cwd|pid|on\b)|Math\.random|setTimeout|console\./,
    )
  })
})

describe('the design', () => {
  it('has no branch for a dry run or a rehearsal in steps, rules, runner or adapters', () => {
    const folders = [
      'src/rules',
      'src/runner',
      'src/ports',
      'src/aws',
      'src/tls',
      'src/sql',
      'src/checks',
      'src/progress',
      'steps',
    ]
    const found = folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter(
          (name) =>
            name.endsWith('.ts') &&
            /\b(dryRun|isRehearsal|rehearsal)\b\s*[)&|?]/.test(readFileSync(join(ROOT, folder, name), 'utf8')),
        )
        .map((name) => join(folder, name)),
    )
    expect(found).toEqual([])
  })

  it('has no file over 300 lines', () => {
    const long = ['src', 'steps', 'scripts', 'bin'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(tsx?|js)$/.test(name))
        .map((name) => ({
          file: join(folder, name),
          lines: readFileSync(join(ROOT, folder, name), 'utf8').split('\n').length,
        }))
        .filter(({ lines }) => lines > 300),
    )
    expect(long).toEqual([])
  })
})
