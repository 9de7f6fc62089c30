/** A production database and its twin with every proof of 01 to 06 in place, as records that tests take apart. */
import { runbook } from '../../steps/index.ts'
import type { Facts } from '../../steps/facts.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import { parseBody, type Body } from '../../src/rules/entries.ts'
import type { Known, KnownApplication } from '../../src/rules/known.ts'
import { changeDigest } from '../../src/rules/change.ts'
import { keptOf } from '../../src/rules/kept.ts'
import { EMPTY_RECORD, fold, type SubjectRecord } from '../../src/rules/record.ts'
import type { About, SequenceName } from '../../src/rules/step.ts'
import { assess } from '../../src/rules/assess.ts'
import { digestOf, type Digest, type Subject } from '../../src/rules/words.ts'

export const NOW = Date.UTC(2026, 10, 22, 15, 0, 0)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WORLD = 'aws|123456789012'
export const REGION = 'ap-northeast-1'
export const WHO = { user: 'sato', host: 'bastion' }

export const OLD_ROOT = 'a'.repeat(40)
export const NEW_ROOT = 'b'.repeat(40)

export const databaseSubject = (id: string, world = WORLD): Subject => ({ kind: 'database', world, region: REGION, id })
export const production: About = { subject: databaseSubject('db-PRODUCTION'), name: 'orders-production' }
export const staging: About = { subject: databaseSubject('db-STAGING'), name: 'orders-staging' }
export const bundleAbout: About = {
  subject: { kind: 'bundle', world: WORLD, region: REGION, id: 'bundle' },
  name: 'bundle',
}
export const api: About = { subject: { kind: 'application', world: WORLD, id: 'orders-api' }, name: 'orders-api' }
export const DECLARED: Digest = digestOf('orders-api as declared')

const endpointOf = ({ name }: About) => ({ host: `${name}.c0.${REGION}.rds.example`, port: 5432 })

const certificate = (subject: string, sha1: string) => ({
  subject,
  issuer: 'CN=issuer',
  serial: '01',
  notBefore: NOW - DAY,
  notAfter: NOW + 300 * DAY,
  sha1,
  sha256: sha1.repeat(2).slice(0, 64),
  key: 'rsa2048',
})

const proofOf = (root: string) => ({
  place: { kind: 'here' as const },
  at: NOW - MINUTE,
  ms: 9,
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  served: [certificate('CN=leaf', 'c'.repeat(40))],
  root: certificate('CN=root', root),
  chain: { passed: true as const },
  dates: { passed: true as const },
  name: { passed: true as const },
  strict: true,
  controls: { withoutServedRoot: 'refused' as const, wrongName: 'refused' as const },
})

const identify = (about: About, ca: string): Facts['identify'] => ({
  basis: {
    account: '123456789012',
    region: REGION,
    resourceId: about.subject.id,
    arn: `arn:aws:rds:${REGION}:123456789012:db:${about.name}`,
    name: about.name,
    engine: 'postgres',
    engineVersion: '16.4',
    family: 'postgres',
    endpoint: endpointOf(about),
    kind: 'instance',
    ca,
    thumbprint: ca === 'rds-ca-2019' ? OLD_ROOT : NEW_ROOT,
    candidates: [
      { ca: 'rds-ca-2019', thumbprint: OLD_ROOT },
      { ca: 'rds-ca-rsa2048-g1', thumbprint: NEW_ROOT },
    ],
    restarts: 'no',
  },
  detail: {
    status: 'available',
    instanceClass: 'db.m7g.large',
    caValidTill: NOW + 90 * DAY,
    caValidTills: {},
    tags: {},
  },
})

const client = { user: 'orders_api', application: 'orders-api', transport: 'tls' as const }

/** The facts of each step, good in every respect. */
/** The steps of a CA change. */
type OfCaChange = Omit<
  Facts,
  | 'own-endpoint'
  | 'offer'
  | 'renew'
  | 'renewed'
  | 'verify-leaf'
  | 'cancel'
  | 'cancelled'
  | 'stores-back'
  | 'expired'
  | 'default-ca'
  | 'set-default'
  | 'default-set'
>

export const goodFacts = (about: About, ca = 'rds-ca-2019'): OfCaChange => ({
  identify: identify(about, ca),
  census: {
    basis: { view: 'complete', tlsEnforced: false, clients: [client] },
    detail: { at: NOW - MINUTE, server: 'postgres 16.4', clients: [{ ...client, address: '10.0.0.7', sessions: 4 }] },
  },
  bundle: {
    basis: { region: REGION, roots: [OLD_ROOT, NEW_ROOT], fatal: [] },
    detail: {
      source: 'https://truststore.example',
      file: '/bundle.pem',
      sha256: 'd'.repeat(64),
      bytes: 9,
      certificates: 2,
      fetchedAt: NOW - MINUTE,
      findings: [],
    },
  },
  'trust-stores': {
    basis: {
      verification: 'verify-full',
      stores: [{ location: '/ca.pem', roots: [OLD_ROOT, NEW_ROOT], others: [], findings: [] }],
    },
    detail: { at: NOW - MINUTE, findings: [] },
  },
  staging: {
    basis: {
      of: about !== staging ? 'twin' : 'own',
      endpoint: endpointOf(staging),
      root: about !== staging ? NEW_ROOT : OLD_ROOT,
      strict: true,
      controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
      checks: {},
    },
    detail: { proof: proofOf(about !== staging ? NEW_ROOT : OLD_ROOT), checks: {} },
  },
  preflight: {
    basis: {
      status: 'available',
      pending: {},
      pendingReboot: [],
      maintenance: [],
      group: { role: 'alone', others: [], elsewhere: [], globalRegions: [], babelfish: false },
      untold: [],
    },
    detail: { at: NOW - MINUTE, multiAz: true, maintenance: [] },
  },
  modify: {
    basis: {
      intent: 'none',
      change: { api: 'ModifyDBInstance', world: WORLD, region: REGION, resourceId: about.subject.id, input: {} },
    },
    detail: { at: NOW, by: WHO, adopted: false },
  },
  settle: {
    basis: { status: 'available', ca: 'rds-ca-rsa2048-g1' },
    detail: { at: NOW, lookAgainAfter: 5000, events: [] },
  },
  verify: {
    basis: {
      endpoint: endpointOf(about),
      family: 'postgres',
      names: [],
      namesUntold: [],
      root: NEW_ROOT,
      leaf: 'e'.repeat(64),
      strict: true,
      controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
      checks: {},
    },
    detail: { proof: proofOf(NEW_ROOT), checks: {}, servedSince: NOW },
  },
  'close-out': {
    basis: { missing: [], defaultCa: 'rds-ca-rsa2048-g1', code: [] },
    detail: { at: NOW, since: NOW, back: [] },
  },
})

const decisionsFor = (about: About): Partial<Decisions> => ({
  target: { ca: 'rds-ca-rsa2048-g1' },
  applications: [{ name: 'orders-api', verification: 'verify-full', users: ['orders_api'] }],
  environment: about !== staging ? 'production' : 'staging',
  twin: about !== staging ? { subject: staging.subject, name: staging.name } : 'none',
})

/** What 05 saw, with its handshake at an instant. */
export const capturedAt = ({ basis, detail }: Facts['staging'], at: number): Facts['staging'] => ({
  basis,
  detail: { ...detail, proof: { ...detail.proof!, at } },
})

/** Several subjects' records, with a clock: puts lines on record as the runner would, through the same schema. */
export class Scenario {
  now = NOW
  readonly about: About
  readonly declared: Partial<Decisions>
  twin: Scenario | undefined
  /** The members of the cluster that stands surety, where the twin is one. */
  twinMembers: readonly Scenario[] = []
  /** The databases that the same clients may land on. */
  peers: readonly Scenario[] = []
  readonly records = new Map<string, SubjectRecord>()

  constructor(about: About, declared = decisionsFor(about)) {
    this.about = about
    this.declared = declared
  }

  record(about: About): SubjectRecord {
    return this.records.get(about.subject.id) ?? EMPTY_RECORD
  }

  put(about: About, body: Body, at = this.now): void {
    this.records.set(
      about.subject.id,
      fold(this.record(about), { at, who: WHO, body: parseBody(JSON.parse(JSON.stringify(body))) }),
    )
  }

  /** `alone`: as one that others know of, whose own peers nobody asks for. */
  known(alone = false): Known {
    const application: KnownApplication = { about: api, record: this.record(api), declared: DECLARED }
    return {
      about: this.about,
      record: this.record(this.about),
      declared: this.declared,
      bundle: { about: bundleAbout, record: this.record(bundleAbout) },
      applications: new Map([['orders-api', application]]),
      ...(this.twin && {
        twin: {
          ...this.twin.known(),
          ...(this.twinMembers.length > 0 && { members: this.twinMembers.map((one) => one.known()) }),
        },
      }),
      ...(!alone && this.peers.length > 0 && { peers: this.peers.map((one) => one.known(true)) }),
    }
  }

  assess() {
    return assess(runbook, this.known(), this.now)
  }

  position(step: keyof Facts) {
    return this.assess().steps.get(step)!
  }

  /** Evidence of a step as a look would save it now, whatever the gate says; `change` alters facts or envelope. */
  see<K extends keyof Facts>(
    step: K,
    facts: Facts[K],
    change: { at?: number; subject?: Subject; version?: number } = {},
  ): void {
    const { on, version } = runbook.steps[step]!
    const about = on === 'database' ? this.about : on === 'bundle' ? bundleAbout : api
    const { footing } = this.position(step)
    const own = Object.fromEntries(
      Object.entries(footing?.rests ?? {}).flatMap(([name, digest]) => (digest ? [[name, digest]] : [])),
    )
    const rests = on === 'database' ? own : on === 'bundle' ? {} : { declared: DECLARED }
    const body: Body = {
      kind: 'evidence',
      step,
      version: change.version ?? version,
      subject: change.subject ?? about.subject,
      facts,
      digest: digestOf(facts.basis),
      rests,
    }
    this.put(about, body, change.at)
  }

  start(id = 'rotation-1', sequence: SequenceName = 'ca-change'): void {
    this.put(this.about, { kind: 'rotation-started', rotation: id, sequence, name: this.about.name })
  }

  /** Puts the intent for a step's change on record, and AWS's answer to it unless there is none. */
  send(step: keyof Facts, answer: 'accepted' | 'none' = 'accepted', intent = 'intent-1'): void {
    const assessment = this.assess()
    const { change } = assessment.steps.get(step) ?? {}
    const rotation = assessment.rotation?.id
    if (!change || rotation === undefined) throw new Error(`${step} describes no change`)
    const confirmation = { typed: this.about.name, digests: [changeDigest(change)], at: this.now, by: WHO }
    const kept = keptOf(assessment, step)
    this.put(this.about, { kind: 'intent', rotation, intent, step, change, confirmation, kept })
    if (answer === 'accepted')
      this.put(this.about, { kind: 'receipt', rotation, intent, outcome: { kind: 'accepted', requestId: 'req-1' } })
  }
}

export const BEFORE_CHANGE = ['identify', 'census', 'bundle', 'trust-stores', 'staging', 'preflight'] as const

/** The twin with its rotation done: it serves the target. */
export function finishedTwin(): Scenario {
  const scenario = new Scenario(staging)
  scenario.start('rotation-0')
  const facts = goodFacts(staging, 'rds-ca-rsa2048-g1')
  facts.staging.basis.root = NEW_ROOT
  for (const step of [
    'identify',
    'census',
    'bundle',
    'trust-stores',
    'staging',
    'preflight',
    'verify',
    'close-out',
  ] as const)
    scenario.see(step, facts[step])
  return scenario
}

/** A database, production unless it is another, with everything of 01 to 06 proven a minute ago. */
export function readyToModify(about: About = production): Scenario {
  const scenario = new Scenario(about)
  scenario.twin = finishedTwin()
  scenario.now = NOW - MINUTE
  scenario.start()
  const facts = goodFacts(about)
  for (const step of BEFORE_CHANGE) scenario.see(step, facts[step])
  scenario.now = NOW
  return scenario
}
