/** One set of flags serves every command that works on what is saved, declared or in an account. */
import { expect, test } from 'vitest'
import { buildProgram } from '../../src/commands/program.ts'

const program = buildProgram(async () => undefined, new AbortController().signal)

/** Those that stand by themselves: a world of their own, one endpoint, files that are named. */
const APART = new Set(['rehearse', 'check', 'bundle', 'config', 'iam-policy', 'wave'])
const commands = program.commands.filter((one) => !APART.has(one.name()))

const ofWaves = program.commands.find((one) => one.name() === 'wave')?.commands ?? []

test('a halt takes the flags of the run that it stops', () => {
  expect(ofWaves.map((one) => one.name())).toEqual(['list', 'show', 'run', 'halt', 'resume'])
  const [, , run, ...others] = ofWaves.map((one) => one.options.map(({ long }) => long))
  for (const flags of others) expect(flags).toEqual(expect.arrayContaining(run!.filter((flag) => flag !== '--execute')))
})

test('there are commands to look at', () => expect(commands.length).toBeGreaterThan(10))

test.each(commands.map((one) => [one.name(), one] as const))('%s takes it', (_, command) => {
  const flags = command.options.map(({ long }) => long)
  expect(flags).toEqual(expect.arrayContaining(['--state-dir', '--ui', '--json', '--config', '--connect']))
  expect(flags).toEqual(expect.arrayContaining(['--bundle-url', '--bundle-ca']))
})
