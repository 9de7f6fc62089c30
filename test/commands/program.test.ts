/** The command line, as it is parsed before anything is done. */
import { expect, test } from 'vitest'
import { buildProgram } from '../../src/commands/program.ts'

test.each([
  ['--profile staging wave run canary --execute', /--profile: put it after the command: rds-ca-runbook wave --profile/],
  ['--execute --region eu-west-1 status', /--region, --execute: put it after the command/],
])('a flag before a command is the wizard’s, and is never lost in silence: %s', async (line, sentence) => {
  let said = ''
  const program = buildProgram(async () => {}, new AbortController().signal)
  program.configureOutput({ writeErr: (text) => void (said += text) })
  await expect(program.parseAsync(line.split(' '), { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
  expect(said).toMatch(sentence)
})

test('whatever can send takes --execute, and nothing else does but the policy for it', () => {
  const program = buildProgram(async () => {}, new AbortController().signal)
  const commands = [program, ...program.commands, ...program.commands.flatMap((group) => group.commands)]
  const executing = commands.filter(({ options }) => options.some(({ long }) => long === '--execute'))
  expect(executing.map((command) => command.name()).toSorted()).toEqual([
    'apply',
    'default-ca',
    'iam-policy',
    'rds-ca-runbook',
    'run',
  ])
})
