import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import {
  CA_IDS,
  caIdsOf,
  type ApplicationReport,
  type CaId,
  type DatabaseServer,
  type DataPlane,
  type DataPlaneOptions,
  type Pki,
  type RehearsedCa,
  type ServerCertificate,
  type ServerSpec,
} from '../../src/rehearsal/data-plane.ts'
import { makeLeaf, makeRoot } from '../../src/rehearsal/pki/certificates.ts'
import { writeAtomically } from '../../src/rehearsal/state/atomic-file.ts'
import { REGION } from '../../src/rehearsal/world.ts'

interface Certified {
  readonly certificatePem: string
  readonly keyPem: string
}

const DAY = 86_400_000

/** What was done to a server, in order: `reload rds-ca-…`, `restart …`, `stage …`, `stop`. */
export interface MemoryServer extends DatabaseServer {
  readonly deeds: readonly string[]
  /** What it presents now. */
  readonly presents: ServerCertificate
}

export interface MemoryDataPlane extends DataPlane {
  readonly memory: ReadonlyMap<string, MemoryServer>
  /** Makes the next deed of each server fail. */
  breakOnce(): void
}

/**
 * A data plane for tests of the control plane: real certificates (small keys, kept in the folder) and real ports, but
 * no database server behind them and no application that connects.
 */
export async function openMemoryDataPlane({ directory }: DataPlaneOptions, mysql = true): Promise<MemoryDataPlane> {
  const open = (region: string): Promise<Pki> =>
    openMemoryPki(join(directory, 'memory-pki', region === REGION ? 'roots.json' : `${region}.json`), region)
  const pki = await open(REGION)
  const memory = new Map<string, MemoryServer>()
  let breaks = 0
  return {
    pki,
    pkiOf: open,
    memory,
    breakOnce: () => (breaks = 1),
    mysqlServer: mysql ? { found: true, program: '/usr/sbin/mariadbd' } : { found: false, looked: ['/usr/sbin'] },
    startServer: async (spec, certificate) => {
      const server = await startMemoryServer(spec, certificate, () => {
        if (breaks-- > 0) throw new Error('broken for a test')
      })
      memory.set(spec.id, server)
      return server
    },
    startApplications: (applications) => {
      let stopped = false
      const reports = (): ApplicationReport[] =>
        applications.flatMap(({ name, databases }) =>
          databases.map((database) => ({ name, database, connected: !stopped, connections: 1, failures: 0 })),
        )
      return Promise.resolve({ reports, stop: async () => void (stopped = true) })
    },
  }
}

async function startMemoryServer(
  spec: ServerSpec,
  first: ServerCertificate,
  beforeDeed: () => void,
): Promise<MemoryServer> {
  let presents = first
  let listener: Server | undefined
  const deeds: string[] = []
  await new Promise<void>((resolve, reject) => {
    listener = createServer((socket) => socket.destroy())
    listener.once('error', reject)
    listener.listen(spec.port, '127.0.0.1', resolve)
  })
  const put = (deed: string) => async (certificate: ServerCertificate) => {
    beforeDeed()
    deeds.push(`${deed} ${certificate.ca}`)
    if (deed !== 'stage') presents = certificate
  }
  return {
    spec,
    pid: process.pid,
    user: 'runbook',
    password: 'throwaway',
    database: spec.family === 'mysql' ? 'app' : 'postgres',
    runs: 'nothing',
    deeds,
    get presents() {
      return presents
    },
    reload: put('reload'),
    restart: put('restart'),
    stage: put('stage'),
    disguise: async (as) => {
      if (as) deeds.push(`disguise ${as.kind}`)
    },
    stop: () => {
      deeds.push('stop')
      return new Promise((resolve) => listener?.close(() => resolve()))
    },
  }
}

async function openMemoryPki(file: string, region: string): Promise<Pki> {
  const roots = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Certified>)
    : await makeRoots()
  writeAtomically(file, JSON.stringify(roots))
  const issue = async (
    name: string,
    ca: CaId,
    hostName: string,
    alsoNamed: readonly string[] = [],
  ): Promise<ServerCertificate> => {
    const root = roots[name]!
    const { certificatePem, keyPem } = await makeLeaf(root, 'p256', {
      subject: [{ CN: hostName }],
      names: [...alsoNamed, hostName].map((value) => ({ type: 'dns' as const, value })),
      life: 365 * DAY,
    })
    const { validFrom, validTo } = new X509Certificate(certificatePem)
    return { ca, keyPem, chainPem: certificatePem, validFrom: new Date(validFrom), validTill: new Date(validTo) }
  }
  const ids = caIdsOf(region)
  const cas = ids.map((id) => caOf(id, roots[id]!.certificatePem))
  return {
    cas,
    bundle: (wanted = ids) => [...wanted, 'foreign'].map((id) => roots[id]!.certificatePem).join(''),
    issue: (ca, hostName, alsoNamed) => issue(ca, ca, hostName, alsoNamed),
    issueUnderWrongRoot: (ca, hostName, alsoNamed) => issue('foreign', ca, hostName, alsoNamed),
    issueFlawed: (_flaw, ca, hostName) => issue('foreign', ca, hostName),
    retiredRootPem: roots['retired']!.certificatePem,
    https: async () => {
      const ca = roots['https']!
      const leaf = await makeLeaf(ca, 'p256', {
        subject: [{ CN: 'localhost' }],
        names: [{ type: 'ip', value: '127.0.0.1' }],
        life: DAY,
      })
      return { keyPem: leaf.keyPem, certPem: leaf.certificatePem, caPem: ca.certificatePem }
    },
  }
}

async function makeRoots(): Promise<Record<string, Certified>> {
  const now = Date.now()
  const validity = { validFrom: new Date(now - 1000 * DAY), validTill: new Date(now + 1000 * DAY) }
  const made = await Promise.all(
    [...CA_IDS, 'foreign', 'retired', 'https'].map(async (id): Promise<[string, Certified]> => [
      id,
      await makeRoot([{ CN: `Root ${id}` }], 'p256', validity),
    ]),
  )
  return Object.fromEntries(made)
}

function caOf(id: CaId, rootPem: string): RehearsedCa {
  const { fingerprint, validFrom, validTo } = new X509Certificate(rootPem)
  const thumbprint = fingerprint.replaceAll(':', '').toLowerCase()
  return { id, rootPem, thumbprint, validFrom: new Date(validFrom), validTill: new Date(validTo) }
}
