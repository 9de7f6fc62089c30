import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApplicationCheck, CheckResult } from '../../src/ports/application-checks.ts'
import { openApplicationChecks } from '../../src/checks/open-application-checks.ts'
import { PATIENTLY } from '../support/patience.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checks-'))
})
afterEach(() => rm(directory, { recursive: true }))

const node = (script: string, ...args: readonly string[]): ApplicationCheck => ({
  argv: [process.execPath, '-e', script, ...args],
})

const run = (
  check: ApplicationCheck,
  environment: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<CheckResult> =>
  openApplicationChecks({ environment }).run({
    check,
    host: 'db.example.test',
    port: 5432,
    bundle: { file: '/a bundle.pem' },
    ...(signal && { signal }),
  })

/** A process that has ended and that nobody has asked about yet (a container may have no init for that) is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  return !/\) [ZX] /.test(stat)
}

/** The process that a check wrote down, once it has. */
async function pidIn(name: string): Promise<number> {
  const file = join(directory, name)
  await expect.poll(() => readFile(file, 'utf8').catch(() => ''), PATIENTLY).toMatch(/^\d+$/)
  return Number(await readFile(file, 'utf8'))
}

describe('a check', () => {
  test('passes by its exit code, and says what it said', async () => {
    const result = await run(node(`console.log('connected'); console.error('with TLS')`))
    expect(result).toMatchObject({ passed: true, ended: '0' })
    expect(result.output.split('\n').sort()).toEqual(['connected', 'with TLS'])
    expect(result.ms).toBeGreaterThan(0)
  })

  test('fails by its exit code', async () => {
    expect(await run(node(`console.log('no'); process.exit(7)`))).toMatchObject({
      passed: false,
      ended: '7',
      output: 'no',
    })
  })

  test('fails by a signal', async () =>
    expect(await run(node(`process.kill(process.pid, 'SIGKILL')`))).toMatchObject({ passed: false, ended: 'SIGKILL' }))

  test.each([
    ['a program that is not there', ['/no/such/program'], 'ENOENT'],
    ['a file that is no program', [import.meta.filename], 'EACCES'],
    ['an argument that cannot be one', [process.execPath, 'a\0b'], 'ERR_INVALID_ARG_VALUE'],
  ] as [string, [string, ...string[]], string][])('%s is a result', async (_, argv, ended) =>
    expect(await run({ argv })).toMatchObject({ passed: false, ended, output: '' }),
  )

  test('learns where to connect, and has the environment of this program', async () => {
    const { output } = await run(
      node(
        `const { RDS_CA_HOST, RDS_CA_PORT, RDS_CA_BUNDLE, FAVOURITE } = process.env; console.log(JSON.stringify([RDS_CA_HOST, RDS_CA_PORT, RDS_CA_BUNDLE, FAVOURITE]))`,
      ),
      { ...process.env, FAVOURITE: 'green' },
    )
    expect(JSON.parse(output)).toEqual(['db.example.test', '5432', '/a bundle.pem', 'green'])
  })

  test('is no shell command', async () => {
    const { output } = await run(node('console.log(process.argv.slice(1).join())', '$HOME', '; echo', '`id`', '*'))
    expect(output).toBe('$HOME,; echo,`id`,*')
  })

  test('cannot ask for a password', async () =>
    expect(await run(node(`process.stdin.on('end', () => console.log('nobody there')).resume()`))).toMatchObject({
      passed: true,
      output: 'nobody there',
    }))

  test('is ended after its time, with all its children', async () => {
    const child = `require('fs').writeFileSync(${JSON.stringify(join(directory, 'child'))}, String(process.pid)); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); console.log('waiting'); setInterval(() => {}, 1000)`
    const pending = run({ ...node(parent), timeout: 4_000 })
    const pid = await pidIn('child')
    expect(await pending).toMatchObject({ passed: false, ended: 'TIMEOUT', output: 'waiting' })
    await expect.poll(() => isAlive(pid), PATIENTLY).toBe(false)
  })

  test('that does not listen is ended all the same', async () => {
    expect(
      await run({
        ...node(`process.on('SIGTERM', () => console.log('no')); console.log('ready'); setInterval(() => {}, 1000)`),
        timeout: 700,
      }),
    ).toMatchObject({ passed: false, ended: 'TIMEOUT' })
  })

  test('leaves nobody behind', async () => {
    const child = `require('fs').writeFileSync(${JSON.stringify(join(directory, 'child'))}, String(process.pid)); setInterval(() => {}, 1000)`
    const parent = `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); const wait = setInterval(() => { if (require('fs').existsSync(${JSON.stringify(join(directory, 'child'))})) process.exit(0) }, 10)`
    expect(await run(node(parent))).toMatchObject({ passed: true })
    const pid = await pidIn('child')
    await expect.poll(() => isAlive(pid), PATIENTLY).toBe(false)
  })

  test('ends with its caller’s patience', async () => {
    const giveUp = new AbortController()
    const file = join(directory, 'child')
    const pending = run(
      node(`require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`),
      process.env,
      giveUp.signal,
    )
    const pid = await pidIn('child')
    const reason = new Error('enough')
    giveUp.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(isAlive(pid)).toBe(false)
    await expect(run(node(''), process.env, giveUp.signal)).rejects.toBe(reason)
  })
})

describe('its output', () => {
  test('is the end of it, and no longer than it may be', async () => {
    const { output } = await run(node(`for (let i = 0; i < 200000; i++) console.log('line ' + i)`))
    expect(output.length).toBeLessThanOrEqual(2_000)
    expect(output.endsWith('line 199999')).toBe(true)
  })

  test('has no control characters', async () => {
    const { output } = await run(
      node(
        String.raw`process.stdout.write('\x1b[31mred\x1b[0m \x07bell \x1b]0;title\x07 over\rwritten\r\nnext\u202Eline\0')`,
      ),
    )
    expect(output).toBe('red bell  over\nwritten\nnextline')
  })

  test('has no secrets, of ours or of its own', async () => {
    const environment = { ...process.env, DB_PASSWORD: 'correct horse', API_TOKEN: 'abcdef123456', NAME: 'harmless' }
    const check = node(
      `console.log(process.env.DB_PASSWORD, process.env.API_TOKEN.slice(0), process.env.NAME, 'postgres://me:hunter22@db/x', 'password=swordfish')`,
    )
    const { output } = await run(check, environment)
    expect(output).toBe('[redacted] [redacted] harmless postgres://me:[redacted]@db/x password=[redacted]')
  })

  test('that is no text is no harm', async () => {
    const { output } = await run(node('process.stdout.write(Buffer.from([0xff, 0xfe, 0x41, 0xc3]))'))
    expect(output).toContain('A')
  })

  test('of a program that writes without end is kept small', async () => {
    const file = join(directory, 'noise.mjs')
    await writeFile(
      file,
      `import { writeSync } from 'node:fs'\nconst noise = Buffer.alloc(65536, 'x')\nfor (let i = 0; i < 400; i++) writeSync(1, noise)\n`,
    )
    expect((await run({ argv: [process.execPath, file] })).output).toBe('x'.repeat(2_000))
  })
})
