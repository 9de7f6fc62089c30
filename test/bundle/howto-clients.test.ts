/** The pages' own snippets, run against real servers: with the right roots they connect, with the wrong ones they say what the page says. */
import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { howtoFor } from '../../src/bundle/howto/clients.ts'
import { fill, type Howto } from '../../src/bundle/howto/howto.ts'
import { trustStore } from '../../src/bundle/pkcs12.ts'
import { amazonLike } from '../support/certificates.ts'
import {
  HAS_MARIADB,
  POSTGRES_BIN,
  startMariadb,
  startPostgres,
  type DatabaseServer,
} from '../support/database-servers.ts'
import { PSQL } from '../support/psql.ts'
import { certificatesOf, Folder, root } from './bundles.ts'
import { say, type Said } from './programs.ts'

const has = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0
const python = (module: string): boolean => has('python3', '-c', `import ${module}`)

let folder: Folder
let serves: { readonly certPem: string; readonly keyPem: string }
beforeAll(async () => {
  folder = await Folder.make()
  const made = await amazonLike('localhost', { dns: ['localhost'], ip: ['127.0.0.1'] })
  const other = await root('eu-test-2')
  serves = { certPem: made.leaf.pem + made.inter.pem, keyPem: made.leaf.keyPem }
  for (const [name, pem] of [
    ['right', made.root.pem],
    ['wrong', other.pem],
  ] as const) {
    await folder.write(`${name}.pem`, pem)
    await folder.write(`${name}.p12`, trustStore(certificatesOf(pem), 'changeit'))
  }
  await mkdir(folder.at('home'))
})
afterAll(() => folder[Symbol.asyncDispose]())

const page = (id: string): Howto => {
  const found = howtoFor(id)
  if (!found) throw new Error(`no page for ${id}`)
  return found
}

/** One of a page's snippets as its reader fills it in. `{HOST}` is localhost. */
function snippet(id: string, which: number, roots: 'right' | 'wrong', server: DatabaseServer): string {
  const code = page(id).changes[which]?.code.join('\n') ?? ''
  return fill(code, { bundle: folder.at(`${roots}.pem`), store: folder.at(`${roots}.p12`), host: 'localhost' })
    .replaceAll(/USER(?!':)/g, server.user)
    .replaceAll('DATABASE', server.runs.startsWith('PostgreSQL') ? 'postgres' : 'mysql')
}

const refusal = (id: string): string => page(id).refusal

const ROOTS = ['right', 'wrong'] as const
const expected = (id: string, roots: 'right' | 'wrong'): unknown =>
  roots === 'right' ? expect.stringContaining('connected') : expect.stringContaining(refusalCore(id))
/** The first of the wordings that a page gives, without what it says around it. */
const refusalCore = (id: string): string =>
  refusal(id)
    .split(/ \(or|; /)[0]
    ?.replace(/^.*… /, '') ?? ''

describe.skipIf(POSTGRES_BIN === undefined)('PostgreSQL', () => {
  let server: DatabaseServer
  beforeAll(async () => {
    server = await startPostgres(serves)
  })
  afterAll(() => server.stop())
  const environment = () => ({
    HOME: folder.at('home'),
    PGPORT: String(server.port),
    PGPASSWORD: server.password,
    PGHOSTADDR: '127.0.0.1',
    PGGSSENCMODE: 'disable',
  })
  const shell = (script: string, env: Record<string, string> = {}): Promise<Said> =>
    say('bash', ['-c', script], { ...environment(), ...env })

  describe.skipIf(PSQL === '')('psql', () => {
    const ASKS = `-XAtc "select 'connected'"`
    test.each(ROOTS)('by its connection string, with the %s roots', async (roots) => {
      expect((await shell(`${snippet('psql', 0, roots, server)} ${ASKS}`)).said).toEqual(expected('psql', roots))
    })
    test.each(ROOTS)('by its environment, with the %s roots', async (roots) => {
      const settings = snippet('psql', 1, roots, server).replaceAll('\n', ' ')
      const said = await shell(`${settings} psql -h localhost -U ${server.user} -d postgres ${ASKS}`)
      expect(said.said).toEqual(expected('psql', roots))
    })
    test.each(ROOTS)('by its service file, with the %s roots', async (roots) => {
      const file = await folder.write('service', `${snippet('psql', 2, roots, server)}\n`)
      const said = await shell(`psql "service=NAME user=${server.user} dbname=postgres" ${ASKS}`, {
        PGSERVICEFILE: file,
      })
      expect(said.said).toEqual(expected('psql', roots))
    })
    test('and under a wrong name it says what the page says', async () => {
      const asked = snippet('psql', 0, 'right', server).replace('host=localhost', 'host=wrong.example')
      expect((await shell(`${asked} ${ASKS}`)).said).toContain('does not match host name "wrong.example"')
    })
    test('sslmode=require checks nothing, and verify-ca no name', async () => {
      const asked = (mode: string, host: string, bundle: string) =>
        shell(`psql "host=${host} user=${server.user} dbname=postgres sslmode=${mode} ${bundle}" ${ASKS}`)
      expect((await asked('require', 'wrong.example', '')).said).toContain('connected')
      const given = `sslrootcert=${folder.at('wrong.pem')}`
      expect((await asked('require', 'localhost', given)).said).toContain('certificate verify failed')
      expect((await asked('verify-ca', 'wrong.example', `sslrootcert=${folder.at('right.pem')}`)).said).toContain(
        'connected',
      )
    })
  })

  /** A snippet of JavaScript, as a module beside this project's packages, told which password and port to use. */
  async function javascript(code: string, then: string): Promise<Said> {
    const require = createRequire(import.meta.url)
    const resolved = code.replace("from 'pg'", `from '${require.resolve('pg')}'`)
    const file = await folder.write('snippet.mjs', `${resolved}\n${then}`)
    return say(process.execPath, [file], environment())
  }

  test.each(ROOTS)('node-pg, with the %s roots', async (roots) => {
    const then =
      "await client.connect(); console.log('connected', client.connection.stream.authorized); await client.end()"
    const { said } = await javascript(snippet('node-pg', 0, roots, server), then)
    if (roots === 'right') expect(said).toContain('connected true')
    else expect(said).toContain(refusalCore('node-pg'))
  })

  test.each(ROOTS)('node-pg by its URL, with the %s roots', async (roots) => {
    const code = `import pg from 'pg'\nconst client = new pg.Client('${snippet('node-pg', 1, roots, server)}')`
    const { said } = await javascript(code, "await client.connect(); console.log('connected'); await client.end()")
    expect(said).toEqual(expected('node-pg', roots))
  })

  test('node-pg: sslmode in the URL loses the CA of the ssl object', async () => {
    const code = snippet('node-pg', 0, 'right', server).replace(
      "host: 'localhost'",
      `connectionString: 'postgres://localhost/postgres?sslmode=verify-full'`,
    )
    const { said } = await javascript(code, "await client.connect(); console.log('connected'); await client.end()")
    expect(said).toContain('unable to get local issuer certificate')
  })

  describe.skipIf(!python('psycopg'))('psycopg', () => {
    test.each(ROOTS)('with the %s roots', async (roots) => {
      const script = await folder.write(
        's.py',
        `import psycopg\n${snippet('psycopg', 0, roots, server)}\nprint('connected')`,
      )
      expect((await shell(`python3 ${script}`)).said).toEqual(expected('psycopg', roots))
    })
  })

  describe.skipIf(!python('django, psycopg'))('Django', () => {
    test.each(ROOTS)('with the %s roots', async (roots) => {
      const settings = snippet('django', 0, roots, server)
      const script = `from django.conf import settings\nsettings.configure(DATABASES={\n${settings}\n})\nimport django\ndjango.setup()\nfrom django.db import connection\nconnection.ensure_connection()\nprint('connected')`
      const { said } = await shell(`python3 ${await folder.write('d.py', script)}`)
      expect(said).toContain(roots === 'right' ? 'connected' : 'SSL error: certificate verify failed')
    })
  })

  describe.skipIf(!has('php', '-r', "exit(extension_loaded('pdo_pgsql') ? 0 : 1);"))('PHP PDO', () => {
    test.each(ROOTS)('with the %s roots', async (roots) => {
      const script = `<?php $user = '${server.user}'; $password = getenv('PGPASSWORD');\n${snippet('pdo', 0, roots, server)};\necho 'connected';`
      const { said } = await shell(`php ${await folder.write('s.php', script)}`)
      expect(said).toContain(roots === 'right' ? 'connected' : 'certificate verify failed')
    })
  })
})

describe.skipIf(!HAS_MARIADB)('MariaDB', () => {
  let server: DatabaseServer
  beforeAll(async () => {
    server = await startMariadb(serves)
    await folder.write(
      'home/.my.cnf',
      `[client]\nprotocol=tcp\nport=${server.port}\nuser=${server.user}\npassword="${server.password}"\n`,
    )
  })
  afterAll(() => server.stop())
  const shell = (script: string): Promise<Said> =>
    say('bash', ['-c', script], { HOME: folder.at('home'), MYPASSWORD: server.password })
  const ASKS = `-Nse "select 'connected'"`

  describe.skipIf(!has('mariadb', '--version'))('mariadb', () => {
    test.each(ROOTS)('by its options, with the %s roots', async (roots) => {
      // The password is in the option file: "-p" would ask for it.
      const asked = snippet('mariadb', 0, roots, server).replace(' -p ', ' ')
      expect((await shell(`${asked} ${ASKS}`)).said).toEqual(expected('mariadb', roots))
    })
    test.each(ROOTS)('by its option file, with the %s roots', async (roots) => {
      const file = await folder.write('extra.cnf', `${snippet('mariadb', 1, roots, server)}\n`)
      const said = await shell(`mariadb --defaults-extra-file=${file} --host=localhost ${ASKS}`)
      expect(said.said).toEqual(expected('mariadb', roots))
    })
    test('does not know MySQL’s --ssl-mode', async () => {
      const asked = snippet('mysql', 0, 'right', server)
        .replace(/^mysql/, 'mariadb')
        .replace(' -p ', ' ')
      expect((await shell(`${asked} ${ASKS}`)).said).toContain("unknown variable 'ssl-mode=VERIFY_IDENTITY'")
    })
  })

  async function mysql2(code: string): Promise<Said> {
    const module = createRequire(import.meta.url).resolve('mysql2/promise')
    const connected = code
      .replace("from 'mysql2/promise'", `from '${module}'`)
      .replace("host: 'localhost',", `host: 'localhost', port: ${server.port}, password: process.env.MYPASSWORD,`)
    const then = "console.log('connected'); await connection.end()"
    const file = await folder.write('snippet.mjs', `${connected}\n${then}`)
    return say(process.execPath, [file], { MYPASSWORD: server.password })
  }

  test.each(ROOTS)('mysql2, with the %s roots', async (roots) => {
    expect((await mysql2(snippet('mysql2', 0, roots, server))).said).toEqual(expected('mysql2', roots))
  })

  describe.skipIf(!python('pymysql'))('PyMySQL', () => {
    const run = async (code: string): Promise<string> => {
      const connected = code.replace(
        "host='localhost',",
        `host='localhost', port=${server.port}, password=os.environ['MYPASSWORD'],`,
      )
      const script = await folder.write('p.py', `import os, pymysql\n${connected}\nprint('connected')`)
      return (await shell(`python3 ${script}`)).said
    }
    test.each(ROOTS)('with the %s roots', async (roots) => {
      expect(await run(snippet('pymysql', 1, roots, server))).toEqual(expected('pymysql', roots))
    })
    test('checks nothing by ssl_ca alone', async () => {
      const alone = snippet('pymysql', 1, 'wrong', server).replace(
        ', ssl_verify_cert=True, ssl_verify_identity=True',
        '',
      )
      expect(await run(alone)).toContain('connected')
    })
  })

  describe.skipIf(!has('php', '-r', "exit(extension_loaded('pdo_mysql') ? 0 : 1);"))('PHP PDO', () => {
    test.each(ROOTS)('with the %s roots', async (roots) => {
      // To libmysql "localhost" is the local socket.
      const code = snippet('pdo', 2, roots, server).replace('host=localhost', `host=127.0.0.1;port=${server.port}`)
      const script = `<?php $user = '${server.user}'; $password = getenv('MYPASSWORD');\n${code};\necho 'connected';`
      const { said } = await shell(`php ${await folder.write('m.php', script)}`)
      expect(said).toContain(roots === 'right' ? 'connected' : 'Cannot connect to MySQL using SSL')
    })
  })
})
