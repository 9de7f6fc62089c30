/**
 * The real rules, steps, runner and AWS adapters on a simulated Region in this process: every kind of database, in several accounts.
 * The API is real HTTP; behind it are real certificates, and a wire that reads them where they are, without a server in between.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runbook } from '../../steps/index.ts'
import { openControlPlane } from '../../src/aws/open-control-plane.ts'
import { openWriter } from '../../src/aws/open-writer.ts'
import type { Bundle, BundledCertificate } from '../../src/ports/bundles.ts'
import type { Carrier } from '../../steps/carrier.ts'
import type { CertificateSeen, Check, WireProof, WireQuestion } from '../../src/ports/wire.ts'
import type { DeclaredApplication, World } from '../../src/ports/world.ts'
import type { RegionState } from '../../src/rehearsal/state/region-state.ts'
import { ACCOUNTS } from '../../src/rehearsal/world.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import type { About } from '../../src/rules/step.ts'
import { digestOf, worldOf, type Subject } from '../../src/rules/words.ts'
import { advance, type Stop } from '../../src/runner/advance.ts'
import { sendingApplier, type Applied } from '../../src/runner/apply.ts'
import { waive } from '../../src/runner/answer.ts'
import type { RunnerDeps } from '../../src/runner/deps.ts'
import { openDesk, type Desk } from '../../src/runner/desk.ts'
import type { MemoryDataPlane } from './memory-data-plane.ts'
import { memoryProgress } from './memory-progress.ts'
import { WHO } from './scenario.ts'
import { scriptedRegion } from './scripted-region.ts'
import { setTimeout as wait } from 'node:timers/promises'

const sha1 = (x509: X509Certificate): string => createHash('sha1').update(x509.raw).digest('hex')

const seen = (x509: X509Certificate): CertificateSeen => ({
  subject: x509.subject,
  issuer: x509.issuer,
  serial: x509.serialNumber,
  notBefore: Date.parse(x509.validFrom),
  notAfter: Date.parse(x509.validTo),
  sha1: sha1(x509),
  sha256: createHash('sha256').update(x509.raw).digest('hex'),
  key: 'ec-prime256v1',
  isCa: x509.ca,
  names: [],
})

const check = (passed: boolean, code: string): Check => (passed ? { passed } : { passed, code, detail: code })

export interface Accounts {
  /** What connects, beside what is decided: by its name. A check whose program is `accepts-anything` does; any other verifies. */
  readonly applications: Map<string, DeclaredApplication>
  /** Whose served certificate is to be seen as expired, by host, while it is on this CA. */
  readonly expired: Map<string, string>
  desk(account: string, region: string, record: Carrier): Promise<Desk>
  /** What new databases of an account get in a Region. */
  defaultDesk(account: string, region: string): Promise<Desk>
  record(account: string, region: string, kind: 'database' | 'cluster', name: string): Promise<Carrier>
  /** Goes on until a person is needed for good: waives what `accepts` names, and confirms changes by their names. */
  drive(desk: Desk, accepts?: readonly string[]): Promise<Stop>
  /** Everything confirmed but nothing further: what came of the first change. */
  applyNext(desk: Desk): Promise<Applied>
  decisions: Map<string, Partial<Decisions>>
}

/** `directory`: the Region's folder, where the certificates are of databases that no server stands behind. */
export function accountsOn(endpoint: string, plane: MemoryDataPlane, directory: string): Accounts {
  const progress = memoryProgress({ who: WHO, now: Date.now })
  const expired: Accounts['expired'] = new Map()
  const decisions: Accounts['decisions'] = new Map()
  const applications: Accounts['applications'] = new Map()
  const never = new AbortController().signal
  const keysOf = (account: string) => ({
    accessKeyId: ACCOUNTS.find(({ id }) => id === account)!.accessKey,
    secretAccessKey: 'rehearsal',
  })
  const accountOf = ({ world }: Subject): string => world.split('|')[1]!
  const open = (account: string, region: string) => openControlPlane({ endpoint, region, keys: keysOf(account) })

  const bundleOf = async (region: string): Promise<Bundle> => {
    const pems = (await plane.pkiOf(region)).bundle().match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n?/g) ?? []
    const certificates = pems.map((pem): BundledCertificate => ({
      ...seen(new X509Certificate(pem)),
      pem,
      region,
      selfSigned: true,
    }))
    const sha256 = createHash('sha256').update(pems.join('')).digest('hex')
    return {
      source: 'https://bundle.example',
      fetchedAt: Date.now(),
      sha256,
      bytes: 9,
      certificates,
      findings: [],
      file: '/b',
    }
  }

  /** A member of the cluster whose endpoint it is answers for it; AWS's own way there is not rehearsed here. */
  const serverAt = (host: string) => {
    const servers = [...plane.memory.values()]
    return (
      servers.find(({ spec }) => spec.hostName === host) ??
      servers.find(({ spec }) => spec.hostName.startsWith(`${host.split('.')[0]!}-`))
    )
  }

  const verify = async ({ host, servername = host, roots }: WireQuestion): Promise<WireProof> => {
    const server = serverAt(host)
    if (!server) throw new Error(`nothing answers at ${host}`)
    const leaf = new X509Certificate(server.presents.chainPem)
    const root = roots.map((pem) => new X509Certificate(pem)).find((one) => leaf.verify(one.publicKey))
    const over = expired.get(host) === server.presents.ca
    const dates = check(!over, 'expired')
    const name = check(leaf.checkHost(servername) !== undefined, 'wrong-name')
    return {
      place: { kind: 'here' },
      at: Date.now(),
      ms: 1,
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      served: [{ ...seen(leaf), ...(over && { notAfter: Date.now() - 1 }) }],
      ...(root && { root: seen(root) }),
      chain: check(root !== undefined, 'untrusted'),
      dates,
      name,
      strict: root !== undefined && dates.passed && name.passed,
      controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
    }
  }

  /** The certificate that a database of the Region has now, whether a server of this machine serves it or not. */
  const certificateAt = (host: string): X509Certificate => {
    const state = JSON.parse(readFileSync(join(directory, 'state.json'), 'utf8')) as RegionState
    const { key } = state.databases.find(({ hostName }) => hostName === host)!
    return new X509Certificate(state.certificates[key]!.live.chainPem)
  }

  /** Clients that connect with the roots of their bundle and no others, under the name that they are told. */
  const checksIn = (region: string): World['checks'] => {
    const hosts = new Map<string, string>()
    return {
      async run({ check: { argv }, host, bundle }) {
        const roots = 'roots' in bundle ? bundle.roots : (await bundleOf(region)).certificates.map(({ pem }) => pem)
        const leaf = certificateAt(hosts.get(host) ?? host)
        const trusted = roots.some((pem) => leaf.verify(new X509Certificate(pem).publicKey))
        const passed = argv[0] === 'accepts-anything' || (trusted && leaf.checkHost(host) !== undefined)
        return { passed, ended: passed ? '0' : '1', output: '', ms: 1 }
      },
      async addressOf(host) {
        const address = `10.0.0.${hosts.size}`
        hosts.set(address, host)
        return address
      },
    }
  }

  const base = scriptedRegion([]).world(Date.now)
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: {
      open: async (subject): Promise<World> => ({
        ...base,
        control: open(accountOf(subject), subject.region!),
        wire: { verify },
        applications,
        checks: checksIn(subject.region!),
        trustStores: {
          read: async () => {
            const { certificates, sha256 } = await bundleOf(subject.region!)
            return { location: '/ca.pem', sha256, certificates, findings: [] }
          },
        },
        bundles: { fetch: bundleOf, saved: bundleOf },
        pollEvery: 20,
      }),
    },
    declared: { decisionsFor: ({ name }) => decisions.get(name) ?? {}, applicationDigest: (name) => digestOf(name) },
    who: WHO,
    patience: { observe: 2_000, settle: 30_000, every: 20 },
    notify: () => undefined,
    now: Date.now,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    newId: () => crypto.randomUUID(),
  }
  const applier = sendingApplier({
    open: (subject) =>
      openWriter({
        endpoint,
        region: subject.region!,
        keys: keysOf(accountOf(subject)),
        world: subject.world,
        now: Date.now,
      }),
  })
  const applyNext = (desk: Desk): Promise<Applied> => {
    const step = [...desk.assess().steps.keys()].find((id) => runbook.steps[id]?.change)!
    return applier.apply(desk, step, async () => desk.about.name, never)
  }
  return {
    applications,
    expired,
    decisions,
    applyNext,
    async record(account, region, kind, name) {
      const control = open(account, region)
      const found = await (kind === 'cluster' ? control.cluster(name) : control.database(name))
      if (!found) throw new Error(`${account} has no ${kind} ${name} in ${region}`)
      return found
    },
    async desk(account, region, { kind, id, resourceId }) {
      const world = worldOf(account, endpoint)
      const about: About = { subject: { kind, world, region, id: resourceId }, name: id }
      return openDesk(deps, about)
    },
    async defaultDesk(account, region) {
      const world = worldOf(account, endpoint)
      return openDesk(deps, { subject: { kind: 'account', world, region, id: account }, name: `${account}/${region}` })
    },
    async drive(desk, accepts = []) {
      for (;;) {
        const stop = await advance(desk, never)
        if (stop.kind === 'confirm') {
          const applied = await applyNext(desk)
          if (applied.kind === 'answered' && applied.outcome.kind === 'accepted') continue
          throw new Error(`not taken: ${JSON.stringify(applied.kind === 'shown' ? applied.kind : applied)}`)
        }
        if (stop.kind !== 'short' && stop.kind !== 'closed') return stop
        const open = stop.position.shortfalls.find(
          ({ met, shortfall }) => !met && shortfall.allows === 'waiver' && accepts.includes(shortfall.code),
        )
        if (!open) return stop
        await waive(desk, stop.position.step, open, 'accepted for the test')
      }
    },
  }
}

/** How a drive ended, in a line: `done`, or the step where it stopped and every code that is open there. */
export function endOf(stop: Stop): string {
  if (stop.kind === 'done') return 'done'
  const { step, shortfalls, gate, attempt } = stop.position
  const open = shortfalls
    .filter(({ met }) => !met)
    .map(({ shortfall }) => `${shortfall.code} ${JSON.stringify(shortfall.args)}`)
  const blockers = gate.open ? [] : gate.blockers.map(({ code }) => code)
  return [`${stop.kind} ${step}:`, ...open, ...blockers, ...(attempt ? [attempt.reason.code] : [])].join(' ')
}
