/**
 * The verdicts of `check` against those of stock clients, over one PostgreSQL and one MariaDB whose certificate is changed for
 * each case. Where a client's verify-full differs from the strict verdict, the table says which rule differs; the mode table
 * must foretell every client exactly.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Checked, Store, Target } from '../../src/check/checked.ts'
import { look } from '../../src/check/look.ts'
import { basisOf, modeTable, type Outcome } from '../../src/check/mode-table.ts'
import type { WireEngine } from '../../src/ports/wire.ts'
import { bundled, readBundle } from '../../src/tls/bundled.ts'
import { readCertificate } from '../../src/tls/certificate.ts'
import {
  HAS_MARIADB,
  POSTGRES_BIN,
  startMariadb,
  startPostgres,
  type DatabaseServer,
} from '../support/database-servers.ts'
import { OPENSSL } from '../support/openssl.ts'
import { PSQL } from '../support/psql.ts'
import { startTlsServer, type Serves, type TestServer } from '../support/tls-servers.ts'
import { agreementCases, type AgreementCase } from './agreement-cases.ts'
import {
  MARIADB,
  mariadbAccepts,
  opensslAccepts,
  OWN_HOSTS,
  psqlAccepts,
  writeHosts,
  type Question,
} from './stock-clients.ts'

const cases = await agreementCases()

/** What a client says about a case, by client. */
type Verdicts = Readonly<Record<string, boolean>>
interface Outcomes {
  readonly checked: Checked
  readonly verdicts: Verdicts
  /** Whether a real server served the case: some certificates no real server loads. */
  readonly real: boolean
}

const PARTIAL_WILDCARD = 'OpenSSL’s check_host allows a wildcard for part of a label; libpq, Node and MySQL do not'
const ONE_LABEL = 'libpq has no minimum of labels behind a wildcard'
const ADDRESS_AS_TEXT = 'takes an address written as a DNS name or common name, as text'
const LEADING_ZEROS =
  'the check_ip_asc of OpenSSL 3.0 reads numbers with leading zeros as decimal; Node takes no such address'
const INET_ATON = 'libpq reads addresses as inet_aton does, in hexadecimal, octal and short forms'

/** Where a client that verifies the name accepts what is not strictly verified: the rule that differs. */
const DIFFERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a wildcard for part of a label': { openssl: PARTIAL_WILDCARD, 'mariadb identity': PARTIAL_WILDCARD },
  'a wildcard for a top-level domain': { 'psql verify-full': ONE_LABEL },
  'an address as a DNS name': { 'psql verify-full': ADDRESS_AS_TEXT, 'mariadb identity': ADDRESS_AS_TEXT },
  'an address as a common name': { 'psql verify-full': ADDRESS_AS_TEXT, 'mariadb identity': ADDRESS_AS_TEXT },
  'an address in hexadecimal': { 'psql verify-full': INET_ATON },
  'an address in octal': { 'psql verify-full': INET_ATON, 'mariadb identity': LEADING_ZEROS },
  'an address as one number': { 'psql verify-full': INET_ATON },
}

const CONNECTS = new Set<Outcome>(['verified', 'chain-only'])

/** The row of the mode table that foretells a client. `openssl s_client` has MySQL's rules but for partial wildcards. */
const ROWS: Readonly<Record<string, readonly [client: string, mode: string]>> = {
  'psql verify-full': ['libpq', 'verify-full'],
  'psql verify-ca': ['libpq', 'verify-ca'],
  'mariadb ca': ['MariaDB', '--ssl-ca'],
  'mariadb identity': ['MariaDB', '--ssl-verify-server-cert'],
}

const CHAIN_ONLY = new Set(['psql verify-ca', 'mariadb ca'])

const servesOf = ({ served, servedPem }: AgreementCase): Serves => ({
  certPem: servedPem ?? served.map(({ pem }) => pem).join(''),
  keyPem: served[0]!.keyPem,
})

const storeOf = ({ roots, crls = [] }: AgreementCase): Store => ({
  kind: 'bundle',
  location: 'roots.pem',
  certificates: readBundle(roots.join('\n')).certificates.map((certificate) => bundled(certificate)),
  notes: [],
  crls,
})

const lookAt = (engine: WireEngine, each: AgreementCase, port: number): Promise<Checked> => {
  const target: Target = { engine, host: each.host, port: 1, name: each.host, address: `127.0.0.1:${port}` }
  return look(target, storeOf(each), { now: Date.now })
}

const leafOf = ({ certPem }: Serves): string => readCertificate(certPem).sha256

/** A server whose certificate can be changed; `serve` says on which port the case can be seen, and whether the server is real. */
interface Stage {
  serve(each: AgreementCase): Promise<{ readonly port: number; readonly real: boolean }>
}

const directory = await mkdtemp(join(tmpdir(), 'agreement-'))
const ending: (() => Promise<unknown>)[] = []
const seen: Readonly<Record<WireEngine, Map<string, Outcomes>>> = { postgres: new Map(), mysql: new Map() }

async function small(engine: WireEngine, each: AgreementCase): Promise<TestServer> {
  const server = await startTlsServer(engine, servesOf(each))
  ending.push(() => server.close())
  return server
}

async function postgresStage(): Promise<Stage> {
  const server: DatabaseServer = await startPostgres(servesOf(cases[0]!))
  ending.push(() => server.stop())
  const complaints = (): number => server.log().split(/could not (?:load|reload|use)|not loaded/i).length
  return {
    async serve(each) {
      const before = complaints()
      server.reload(servesOf(each))
      const wanted = leafOf(servesOf(each))
      for (;;) {
        const { proof } = await lookAt('postgres', each, server.port)
        if (proof.served[0]?.sha256 === wanted) return { port: server.port, real: true }
        if (complaints() > before) return { port: (await small('postgres', each)).port, real: false }
      }
    },
  }
}

async function mariadbStage(): Promise<Stage> {
  const server = await startMariadb(servesOf(cases[0]!))
  const admin = await mysql.createConnection({
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    password: server.password,
  })
  ending.push(async () => {
    await admin.end()
    await server.stop()
  })
  return {
    async serve(each) {
      server.reload(servesOf(each))
      const loaded = await admin.query('FLUSH SSL').then(
        () => true,
        () => false,
      )
      return loaded ? { port: server.port, real: true } : { port: (await small('mysql', each)).port, real: false }
    },
  }
}

/** MariaDB's client must be able to connect to the host itself. */
const mariadbReaches = ({ host }: AgreementCase): boolean => !host.includes(':') && (OWN_HOSTS || host === '127.0.0.1')

const CLIENTS: Readonly<
  Record<
    WireEngine,
    Readonly<Record<string, (each: AgreementCase, question: Question) => Promise<boolean> | undefined>>
  >
> = {
  postgres: {
    'psql verify-full': (_, question) => (PSQL ? psqlAccepts(question, 'verify-full') : undefined),
    'psql verify-ca': (_, question) => (PSQL ? psqlAccepts(question, 'verify-ca') : undefined),
    openssl: (_, question) => (OPENSSL ? opensslAccepts('postgres', question) : undefined),
  },
  mysql: {
    'mariadb ca': (each, question) => (MARIADB && mariadbReaches(each) ? mariadbAccepts(question, 'ca') : undefined),
    'mariadb identity': (each, question) =>
      MARIADB && mariadbReaches(each) ? mariadbAccepts(question, 'identity') : undefined,
    openssl: (_, question) => (OPENSSL ? opensslAccepts('mysql', question) : undefined),
  },
}

async function playAll(engine: WireEngine, stage: Stage): Promise<void> {
  for (const [index, each] of cases.entries()) {
    const { port, real } = await stage.serve(each)
    const rootFile = join(directory, `${engine}-${index}.pem`)
    const crlFile = join(directory, `${engine}-${index}-crl.pem`)
    await writeFile(rootFile, each.roots.join('\n'))
    // openssl reads roots and lists from one file; the others do not mind the roots.
    if (each.crls) await writeFile(crlFile, [...each.roots, ...each.crls].join('\n'))
    const question: Question = { host: each.host, port, rootFile, directory, ...(each.crls && { crlFile }) }
    const asked = Object.entries(CLIENTS[engine]).map(
      async ([client, ask]) => [client, await ask(each, question)] as const,
    )
    const [checked, ...said] = await Promise.all([lookAt(engine, each, port), ...asked])
    const verdicts = Object.fromEntries(said.flatMap(([client, yes]) => (yes === undefined ? [] : [[client, yes]])))
    seen[engine].set(each.name, { checked, verdicts, real })
  }
}

const HAS: Readonly<Record<WireEngine, boolean>> = { postgres: POSTGRES_BIN !== undefined, mysql: HAS_MARIADB }

beforeAll(async () => {
  await writeHosts(directory, [...new Set(cases.map(({ host }) => host))])
  await Promise.all([
    HAS.postgres ? postgresStage().then((stage) => playAll('postgres', stage)) : undefined,
    HAS.mysql ? mariadbStage().then((stage) => playAll('mysql', stage)) : undefined,
  ])
}, 180_000)

afterAll(async () => {
  for (const end of ending.splice(0)) await end()
  await rm(directory, { recursive: true, force: true })
})

const outcomesOf = (engine: WireEngine, each: AgreementCase): Outcomes => {
  const outcomes = seen[engine].get(each.name)
  if (!outcomes) throw new Error(`${each.name} was not played`)
  return outcomes
}

describe.each(['postgres', 'mysql'] as const)('%s', (engine) => {
  describe.runIf(HAS[engine])('a real server', () => {
    test.each(cases)('$name: check says what the case is', (each) => {
      const { proof } = outcomesOf(engine, each).checked
      expect(proof.strict).toBe(each.fails === undefined)
      if (each.fails) expect(proof[each.fails.check]).toMatchObject({ passed: false, code: each.fails.code })
    })

    test.each(cases)('$name: every client agrees, or the table says which rule differs', (each) => {
      const { checked, verdicts } = outcomesOf(engine, each)
      const { strict, chain, dates } = checked.proof
      const differing = Object.entries(verdicts)
        .filter(([client, yes]) => yes !== (CHAIN_ONLY.has(client) ? chain.passed && dates.passed : strict))
        .map(([client]) => client)
      const explained = Object.keys(DIFFERS[each.name] ?? {}).filter((client) => client in verdicts)
      expect(differing.sort()).toEqual(explained.sort())
    })

    test.each(cases)('$name: the mode table foretells every client', (each) => {
      const { checked, verdicts } = outcomesOf(engine, each)
      const rows = modeTable(basisOf(checked))
      for (const [name, yes] of Object.entries(verdicts)) {
        const [client, mode] = ROWS[name] ?? []
        if (client === undefined) continue
        const row = rows.find((one) => one.client === client && one.mode === mode)
        expect([name, row && CONNECTS.has(row.outcome)]).toEqual([name, yes])
      }
    })

    test('serves more than 45 of the cases itself', () => {
      const real = [...seen[engine].values()].filter((each) => each.real)
      expect(real.length).toBeGreaterThanOrEqual(45)
    })
  })
})

test.skipIf(PSQL === '' || !HAS.postgres)('psql was asked in every case', () =>
  expect([...seen.postgres.values()].every(({ verdicts }) => 'psql verify-full' in verdicts)).toBe(true),
)
test.skipIf(OPENSSL === '' || !HAS.postgres)('openssl was asked in every case', () =>
  expect([...seen.postgres.values()].every(({ verdicts }) => 'openssl' in verdicts)).toBe(true),
)
test.skipIf(MARIADB === '' || !HAS.mysql || !OWN_HOSTS)('the MariaDB client was asked in more than 45 cases', () =>
  expect([...seen.mysql.values()].filter(({ verdicts }) => 'mariadb identity' in verdicts).length).toBeGreaterThan(45),
)
