import { execFile, spawn } from 'node:child_process'
import { access, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Authorities } from '../../../src/rehearsal/pki/authorities.ts'
import { runningProcess } from '../../../src/rehearsal/servers/processes.ts'
import { hold, HOST, leaf, mysqlFound, shown, Workshop } from './support/engines.ts'
import { freePort, newFolder, removeFolder } from './support/folder.ts'
import { openssl, psql, titled } from './support/stock-clients.ts'

const run = promisify(execFile)

const FAMILIES = [
  { family: 'postgres', title: 'PostgreSQL', runs: /^PostgreSQL \d+\.\d+$/, missing: false },
  {
    family: 'mysql',
    title: mysqlFound ? 'MariaDB or MySQL' : 'MariaDB or MySQL (skipped: no such server on this machine)',
    runs: /^(MariaDB|MySQL) \d+\.\d+\.\d+$/,
    missing: !mysqlFound,
  },
] as const

for (const { family, missing, runs, title } of FAMILIES) {
  describe.skipIf(missing)(title, () => {
    let folder: string
    let workshop: Workshop
    beforeAll(async () => {
      folder = await newFolder()
      workshop = await Workshop.open(folder, family)
    })
    afterAll(() => removeFolder(folder))

    test.skipIf(!openssl)(
      titled('serves leaf and subordinate on loopback, and a verifying client is content', 'openssl', openssl),
      async () => {
        const certificate = await workshop.issue()
        const server = await workshop.start('serves', { certificate })
        expect(server.runs).toMatch(runs)
        if (process.platform === 'linux') {
          expect((await stat(`/proc/${server.pid}`)).uid).toBe(workshop.home.account?.uid ?? process.getuid?.())
        }
        expect(await shown(server)).toBe(leaf(certificate))
        const rootFile = join(folder, 'root.pem')
        await writeFile(rootFile, await workshop.rootPem())
        const asked = [
          '-connect',
          `127.0.0.1:${server.spec.port}`,
          '-starttls',
          family,
          '-servername',
          HOST,
          '-showcerts',
        ]
        const only = [
          '-CAfile',
          rootFile,
          '-no-CApath',
          '-no-CAstore',
          '-verify_hostname',
          HOST,
          '-verify_return_error',
        ]
        const client = run('openssl', ['s_client', ...asked, ...only])
        // It hangs up when there is nothing to send, and exits with 1 when the server does first.
        client.child.stdin?.end()
        const { stdout } = await client.catch((error: { stdout: string }) => error)
        expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
        expect(stdout).toContain('Verify return code: 0 (ok)')
        await server.stop()
      },
    )

    test('a reload serves the new leaf and leaves old sessions alone', async () => {
      const server = await workshop.start('reloads')
      const held = await hold(server)
      const { pid } = server
      const next = await workshop.issue()
      await server.reload(next)
      expect(await shown(server)).toBe(leaf(next))
      expect(await held.answers()).toBe(true)
      expect(server.pid).toBe(pid)
      await held.close()
      await server.stop()
    })

    test('what is staged is served after a restart, which ends every session, and not before', async () => {
      const first = await workshop.issue()
      const server = await workshop.start('stages', { certificate: first })
      const held = await hold(server)
      const { pid } = server
      const next = await workshop.issue()
      await server.stage(next)
      expect(await shown(server)).toBe(leaf(first))
      expect(await held.answers()).toBe(true)
      await server.restart(next)
      expect(await shown(server)).toBe(leaf(next))
      expect(await held.answers()).toBe(false)
      expect(server.pid).not.toBe(pid)
      expect(runningProcess(pid)).toBeUndefined()
      await server.stop()
    })

    test('changes asked for at the same time are made in that order', async () => {
      const server = await workshop.start('orders')
      const [first, second, third] = await Promise.all([workshop.issue(), workshop.issue(), workshop.issue()])
      await Promise.all([server.reload(first), server.restart(second), server.reload(third)])
      expect(await shown(server)).toBe(leaf(third))
      await server.stop()
    })

    test('stop ends the process and frees the port; starting again keeps the data', async () => {
      const port = await freePort()
      const server = await workshop.start('stops', { port })
      const { pid } = server
      await server.stop()
      expect(runningProcess(pid)).toBeUndefined()
      expect(await shown(server)).toBeUndefined()
      await server.stop()
      const data = join(workshop.home.directory, 'databases', 'stops', `data-${workshop.engine.kind}`)
      const { ino } = await stat(data)
      const again = await workshop.start('stops', { port })
      expect((await stat(data)).ino).toBe(ino)
      await again.stop()
    })

    test('a server that crashed is reported at a reload and comes back at a restart', async () => {
      const server = await workshop.start('crashes')
      const { pid } = server
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => runningProcess(pid), { timeout: 20_000 }).toBeUndefined()
      await expect.poll(() => shown(server), { timeout: 20_000 }).toBeUndefined()
      const next = await workshop.issue()
      await expect(server.reload(next)).rejects.toMatchObject({ code: 'NOT_SERVED' })
      await server.restart(next)
      expect(await shown(server)).toBe(leaf(next))
      await server.stop()
    })

    test('a port that another program listens on is named, and nothing is started', async () => {
      const other = createServer()
      const port = await freePort()
      await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
      await expect(workshop.start('blocked', { port })).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: expect.stringContaining(String(port)),
      })
      await new Promise((resolve) => other.close(resolve))
    })

    test('a data directory that the server cannot start from is made anew', async () => {
      const port = await freePort()
      const server = await workshop.start('spoilt', { port })
      await server.stop()
      const data = join(workshop.home.directory, 'databases', 'spoilt', `data-${workshop.engine.kind}`)
      const vital = family === 'postgres' ? join('global', 'pg_control') : 'ibdata1'
      await writeFile(join(data, vital), 'not what a server expects')
      const again = await workshop.start('spoilt', { port })
      expect(await shown(again)).toBeDefined()
      await again.stop()
    })

    test('what a kill left half-made is not used, and is swept away', async () => {
      const databases = join(workshop.home.directory, 'databases')
      const first = await workshop.start('half-made')
      await first.stop()
      const place = join(databases, 'half-made')
      const data = `data-${workshop.engine.kind}`
      await run('mv', [join(place, data), join(place, `${data}.partial-0123456789ab`)])
      await run('rm', [join(place, `${data}.partial-0123456789ab`, family === 'postgres' ? 'PG_VERSION' : 'ibdata1')])
      await writeFile(join(place, 'certificate.pem.partial-0123456789ab'), '-----BEGIN CERT')
      const server = await workshop.start('half-made')
      expect(await shown(server)).toBeDefined()
      expect((await readdir(place)).filter((name) => name.includes('partial'))).toEqual([])
      await access(join(place, data))
      await server.stop()
    })

    describe('left behind by a program that was killed', () => {
      /** Starts a server in a program of its own, kills that with SIGKILL, and resolves with what it said. */
      async function leaveBehind(id: string, port: number) {
        const script = join(import.meta.dirname, 'support', 'start-and-wait.ts')
        const child = spawn(process.execPath, [script, folder, family, id, String(port)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const line = await new Promise<string>((resolve, reject) => {
          child.stdout.setEncoding('utf8').once('data', resolve)
          child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
        })
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGKILL')
        await gone
        return JSON.parse(line) as { pid: number; certificate: Awaited<ReturnType<Workshop['issue']>> }
      }

      test('it is taken over as it is, its sessions with it', async () => {
        const port = await freePort()
        const left = await leaveBehind('left', port)
        const held = await hold({ family, spec: { port }, ...workshop.login })
        const server = await workshop.start('left', { port, certificate: left.certificate, pidLeftBehind: left.pid })
        expect(server.pid).toBe(left.pid)
        expect(await shown(server)).toBe(leaf(left.certificate))
        expect(await held.answers()).toBe(true)
        const next = await workshop.issue()
        await server.reload(next)
        expect(await shown(server)).toBe(leaf(next))
        expect(await held.answers()).toBe(true)
        await server.restart(next)
        expect(server.pid).not.toBe(left.pid)
        await held.close()
        await server.stop()
      })

      test('it is found without its number, and serves the certificate that it is given', async () => {
        const port = await freePort()
        const left = await leaveBehind('unrecorded', port)
        const next = await workshop.issue()
        const server = await workshop.start('unrecorded', { port, certificate: next })
        expect(server.pid).toBe(left.pid)
        expect(await shown(server)).toBe(leaf(next))
        await server.stop()
      })

      test('it is ended when the database is on another port now', async () => {
        const left = await leaveBehind('moved', await freePort())
        const server = await workshop.start('moved', { certificate: left.certificate, pidLeftBehind: left.pid })
        expect(server.pid).not.toBe(left.pid)
        expect(runningProcess(left.pid)).toBeUndefined()
        expect(await shown(server)).toBe(leaf(left.certificate))
        await server.stop()
      })

      test('a number that is another process by now is left alone', async () => {
        const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60000)', folder], {
          stdio: 'ignore',
        })
        const server = await workshop.start('stranger', { pidLeftBehind: stranger.pid! })
        expect(server.pid).not.toBe(stranger.pid)
        expect(runningProcess(stranger.pid!)).toBeDefined()
        expect(await shown(server)).toBeDefined()
        await server.stop()
        expect(runningProcess(stranger.pid!)).toBeDefined()
        stranger.kill('SIGKILL')
      })
    })

    if (family !== 'postgres') return
    test.skipIf(!psql)(
      titled(
        'the stock psql with verify-full succeeds under the right name and root, and fails otherwise',
        'psql',
        psql,
      ),
      async () => {
        const server = await workshop.start('psql')
        const elsewhere = new Authorities(join(folder, 'pki'), 'eu-west-3', true)
        const right = join(folder, 'right.pem')
        const wrong = join(folder, 'wrong.pem')
        await writeFile(right, await workshop.rootPem())
        await writeFile(wrong, (await elsewhere.root('rds-ca-ecc384-g1')).certificatePem)
        const ask = (host: string, roots: string) => {
          const where = `hostaddr=127.0.0.1 port=${server.spec.port} dbname=${server.database} user=${server.user}`
          const target = `sslmode=verify-full sslrootcert=${roots} host=${host} ${where}`
          return run(
            'psql',
            ['-XAtc', 'SELECT version() FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()', target],
            {
              env: { ...process.env, PGPASSWORD: server.password },
            },
          ).then(
            ({ stdout }) => stdout,
            (error: { stderr: string }) => error.stderr,
          )
        }
        expect(await ask(HOST, right)).toContain(server.runs)
        expect(await ask(HOST, wrong)).toContain('certificate verify failed')
        expect(await ask('other.rds.example', right)).toContain('does not match host name')
        await server.stop()
      },
    )
  })
}
