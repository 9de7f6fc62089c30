/** What an operator can get wrong: a sentence, the right exit code, and nothing lost. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { BIN, cleanEnv, run } from '../support/program.ts'
import { refuses } from '../support/refuses.ts'

const scratch = mkdtempSync(join(tmpdir(), 'rds-ca-runbook-input-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const nowhere = ['--state-dir', join(scratch, 'state')]

describe('the command line', () => {
  it.each([
    [['--bogus'], "unknown option '--bogus'"],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['status', 'extra'], 'too many arguments'],
    [['--ui', 'gui'], 'Allowed choices are tui, plain, json'],
    [['rehearse', '--speed', 'fast'], 'must be a number above 0'],
    [['rehearse', '--speed', '0'], 'must be a number above 0'],
    [['rehearse', '--speed', '1e9', ...nowhere], 'at most 100000'],
    [
      ['rehearse', '--fault', 'gremlins', ...nowhere],
      'There is no fault named "gremlins". There are: stuck-modifying, ',
    ],
    [['--connect', 'db.example'], 'must be NAME:PORT=ADDR:PORT, for example '],
    [['--connect', 'db.example:5432=127.0.0.1:99999'], 'must be NAME:PORT=ADDR:PORT'],
    [['--bundle-ca', join(scratch, 'none.pem')], 'none.pem cannot be read'],
    [['import', join(scratch, 'none.json'), ...nowhere], 'none.json cannot be read'],
  ])('%j is refused with exit code 2', async (args, says) => {
    refuses(await run(args), 2, says)
  })

  it.each([
    [['--help']],
    [['--version']],
    [['rehearse', '--help']],
    [['rehearse', '--list-faults']],
    [['rehearse', '--list-faults', '--json']],
  ])('%j is answered with exit code 0', async (args) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim()).not.toBe('')
  })
})

describe('the configuration', () => {
  const APPLICATION = 'applications: {app: {databases: [a], verification: full}}'
  it.each([
    ['a newer one', 'formatVersion: 2', 'has formatVersion 2; this version of rds-ca-runbook reads 1'],
    ['no YAML', 'databases: [', 'is not YAML'],
    ['nothing', '', 'it is empty'],
    [
      'a value that is not allowed',
      `formatVersion: 1\n${APPLICATION}`,
      'must be "verify-full" or "verify-ca" or "none" or "plain"',
    ],
    ['an unknown key', 'formatVersion: 1\ndatabases: {a: {twn: b}}', 'databases.a: unknown: twn'],
    ['a twin that is none', 'formatVersion: 1\ndatabases: {a: {twin: b}}', 'databases.a.twin: "b" must be declared'],
  ])('%s is refused by name', async (_what, text, says) => {
    const file = join(scratch, 'config.yaml')
    writeFileSync(file, text)
    refuses(await run(['status', '--offline', '--config', file, ...nowhere]), 2, file, says)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('that cannot be read is refused by name', async () => {
    refuses(await run(['status', '--offline', '--config', scratch, ...nowhere]), 2, scratch, 'cannot be read')
  })
})

describe('AWS', () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }
  const REGION = { AWS_REGION: 'eu-central-1' }
  const command = ['--state-dir', join(scratch, 'aws')]
  it.each([
    ['no Region', KEYS, 'Name one with --region'],
    ['a Region that is none', { ...KEYS, AWS_REGION: 'no region' }, '"no region" is no name of an AWS Region'],
    ['no credentials', { ...REGION, HOME: scratch }, 'No AWS credentials could be had'],
    ['nobody who answers', { ...KEYS, ...REGION, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'ECONNREFUSED'],
    [
      'an endpoint that is none',
      { ...KEYS, ...REGION, AWS_ENDPOINT_URL: 'aws' },
      'The endpoint for AWS cannot be used',
    ],
  ])('with %s: exit code 5, and what to do', async (_what, env, says) => {
    for (const args of [command, ['status', ...command], ['--execute', '--ui', 'tui', ...command]])
      refuses(await run(args, { env }), 5, says)
  })
})

describe('the output', () => {
  it.skipIf(process.platform !== 'linux')('that cannot be written is said, too (needs /dev/full)', () => {
    const script = 'exec "$0" "$@" > /dev/full'
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, BIN, '--help'], {
      env: cleanEnv(),
      encoding: 'utf8',
    })
    refuses({ code: status ?? 'killed', stdout: '', stderr }, 2, 'The output cannot be written: ENOSPC')
  })
})
