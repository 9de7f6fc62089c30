/** Docs that can rot are held to what they speak of. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runbook } from '../steps/index.ts'
import { EXIT } from '../src/commands/exit-codes.ts'
import { buildProgram } from '../src/commands/program.ts'
import { parseConfig } from '../src/config/read-config.ts'
import { FAULTS } from '../src/rehearsal/faults/fault-list.ts'
import { WIRE_FAULTS } from '../src/rehearsal/faults/wire-faults.ts'
import type { Fault } from '../src/rehearsal/faults/fault.ts'
import { ROOT } from './support/import-graph.ts'

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')
const readme = read('README.md')
const program = buildProgram(async () => {}, new AbortController().signal)

describe('README.md', () => {
  it('shows a screen as it is', () => {
    const screens = [...readme.matchAll(/<!-- screen: ([\w-]+) -->\n```text\n([\s\S]*?)\n```/g)]
    expect(screens.length).toBeGreaterThan(0)
    for (const [, name, shown] of screens) expect(shown).toBe(read(`test/ui/tui/goldens/${name}.txt`).trimEnd())
  })

  it('lists every exit code, and no other', () => {
    const listed = [...readme.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
    expect(listed).toEqual(Object.values(EXIT))
  })

  it('says of commands that there are what their exit codes mean', () => {
    const [, rows = ''] = /\| command \| 3 \| 4 \| 5 \|\n.*\n((?:\|.*\n)+)/.exec(readme) ?? []
    const named = [...rows.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    )
    const all = new Set(
      program.commands.flatMap((one) => [one.name(), ...one.commands.map((below) => `${one.name()} ${below.name()}`)]),
    )
    expect(named).toEqual(expect.arrayContaining(['status', 'fleet', 'plan', 'apply', 'wave run', 'default-ca']))
    expect(named.filter((name) => !all.has(name))).toEqual([])
  })

  it('names every step in its order', () => {
    const listed = [...readme.matchAll(/^\| (\d\d) ([a-z -]+) \|/gm)].map(
      ([, number, name]) => `${number} ${name?.replace(' ', '-')}`,
    )
    expect(listed).toEqual(
      runbook.sequences['ca-change'].map((id, index) => `${String(index + 1).padStart(2, '0')} ${id}`),
    )
  })

  it('gives a configuration that can be used', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? []
    expect(parseConfig(yaml, 'README.md').applications['orders-api']?.verification).toBe('verify-full')
  })

  it('names only commands and flags that there are, and every command', () => {
    const flags = new Set(
      [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(({ options }) =>
        options.map(({ long }) => long),
      ),
    )
    const npm = new Set(['--global', '--omit', '--ignore-scripts'])
    const named = [...readme.replaceAll(/```text\n[\s\S]*?```/g, '').matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(
      ([flag]) => flag,
    )
    expect(named.filter((flag) => !flags.has(flag) && !npm.has(flag))).toEqual([])
    for (const command of program.commands) expect(readme).toContain(command.name())
  })
})

/** The words of each command line in a document's console blocks; `npm start` is what it stands for in package.json. */
function commandLines(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/```console\n([\s\S]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/^\$ npm start(?: --)?/, '$ rds-ca-runbook rehearse').replace(/\s+#.*$/, ''))
    .filter((line) => line.startsWith('$ rds-ca-runbook'))
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(2))
}

describe('each command line in README.md', () => {
  it.each(commandLines(readme).map((words) => [words.join(' '), words] as const))('is taken: %s', async (_, words) => {
    const taken: string[] = []
    const parser = buildProgram(async () => {}, new AbortController().signal)
    for (const command of [parser, ...parser.commands, ...parser.commands.flatMap(({ commands }) => commands)])
      command
        .exitOverride()
        .configureOutput({ writeErr: () => {} })
        .action(() => void taken.push(command.name()))
    await parser.parseAsync([...words], { from: 'user' })
    const named = words.some((word) => !word.startsWith('-'))
    expect(named ? words : ['rds-ca-runbook']).toContain(taken.join())
  })
})

it('what a step says to do names only commands that there are, with flags that they take', () => {
  const texts = Object.values(runbook.steps).flatMap(({ text }) =>
    Object.values(text).flatMap(({ says, cure }) => [says, cure]),
  )
  const named = texts.flatMap((text) => [...text.matchAll(/rds-ca-runbook ([a-z][a-z-]*)([^".;→]*)/g)])
  expect(named.length).toBeGreaterThan(0)
  const unknown = named.filter(([, name, rest = '']) => {
    const command = program.commands.find((one) => one.name() === name)
    const options = [command, ...(command?.commands ?? [])].flatMap((one) => one?.options ?? [])
    return !command || [...rest.matchAll(/--[a-z-]+/g)].some(([flag]) => !options.some(({ long }) => long === flag))
  })
  expect(unknown.map(([words]) => words)).toEqual([])
})

describe('src/rehearsal/README.md', () => {
  const spec = read('src/rehearsal/README.md')
  const rows = (faults: readonly Fault[]): string =>
    [
      '| fault | |',
      '|---|---|',
      ...faults.map(
        ({ name, sentence, perDatabase }) => `| \`${name}\`${perDatabase ? '' : ' \u00b9'} | ${sentence} |`,
      ),
    ].join('\n')

  it('lists every fault as --list-faults does', () => {
    const others = FAULTS.filter((fault) => !WIRE_FAULTS.includes(fault))
    expect(spec).toContain(`<!-- faults -->\n${rows(others)}\n`)
    expect(spec).toContain(`<!-- wire faults -->\n${rows(WIRE_FAULTS)}\n`)
  })
})

it('ARCHITECTURE.md maps every folder of src', () => {
  const architecture = read('ARCHITECTURE.md')
  const folders = readdirSync(join(ROOT, 'src')).filter((name) => statSync(join(ROOT, 'src', name)).isDirectory())
  expect(folders.filter((name) => !architecture.includes(`src/${name}/`))).toEqual([])
})
