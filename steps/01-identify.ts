/**
 * 01 Identify: which database is this, which CA vouches for it, and where can it go?
 *
 * Looks at: the account (sts), the instance, the CAs of its Region, and what its engine version supports (rds:Describe*).
 * Proven when: AWS knows this very resource id, the program knows how to rotate its kind, and the target that was decided on is
 * one that both the engine version and the Region offer. Never from a list of our own: roots differ by Region, and AWS retires CAs.
 * When it does not hold: choose another target, or rotate by the means that the reason names.
 */
import type { CaRecord, DatabaseRecord } from '../src/ports/control-plane.ts'
import type { Reason } from '../src/rules/words.ts'
import { CannotLook, verdictOf } from '../src/rules/step.ts'
import { step } from './facts.ts'
import { endpoint, family, reader, z, type Family } from './shapes.ts'
import { day, reasonsOf } from './text.ts'

const candidate = z.object({ ca: z.string(), thumbprint: z.string() })

const facts = z.object({
  basis: z.object({
    account: z.string(),
    region: z.string(),
    resourceId: z.string(),
    arn: z.string(),
    name: z.string(),
    engine: z.string(),
    engineVersion: z.string(),
    family,
    endpoint: z.optional(endpoint),
    clusterId: z.optional(z.string()),
    ca: z.string(),
    /** SHA-1 of the root served now; absent when AWS lists that CA no more. */
    thumbprint: z.optional(z.string()),
    /** What engine version and Region both offer. */
    candidates: z.array(candidate),
    restarts: z.enum(['no', 'yes', 'unknown']),
  }),
  detail: z.object({
    status: z.string(),
    instanceClass: z.string(),
    pendingCa: z.optional(z.string()),
    leafValidTill: z.optional(z.number()),
    caValidTill: z.optional(z.number()),
    caValidTills: z.record(z.string(), z.number()),
    defaultCa: z.optional(z.string()),
    /** The candidate that keeps the key type. */
    proposed: z.optional(z.string()),
    maintenanceWindow: z.optional(z.string()),
    tags: z.record(z.string(), z.string()),
  }),
})
export type IdentifyFacts = z.infer<typeof facts>

const text = {
  'target-not-offered': {
    says: '{target} is not offered for this engine version in this Region; offered: {offered}.',
    cure: 'Decide on one of the CAs that are offered.',
  },
  'kind-unsupported': {
    says: 'This is a {kind}, which this version of the runbook does not rotate.',
    cure: 'Leave it out, or rotate it by AWS’s own procedure for that kind.',
  },
  'no-endpoint': {
    says: 'AWS gives no endpoint for it: it is being created, or has none.',
    cure: 'Wait until it is available, then look again.',
  },
  gone: {
    says: 'AWS knows no database named {name} in {region} any more.',
    cure: 'It was deleted or renamed. Start again from the list of databases.',
  },
  replaced: {
    says: 'The database named {name} is another one now: {found} instead of {expected}.',
    cure: 'It was deleted and made anew, or restored. What is on record is about the old one. Start again from the list of databases.',
  },
  'already-on-target': {
    says: 'It is on {target} already.',
    cure: 'Nothing has to be changed; the wire is verified next.',
  },
  'restart-unknown': {
    says: 'AWS does not say whether a change restarts it: count on a restart.',
    cure: 'Plan for a restart.',
  },
  'saw-database': { says: '{arn}, {engine} {version}, {status}, {class}.', cure: '' },
  'saw-ca': { says: 'CA now: {ca}; its root expires {root}, the server certificate {leaf}.', cure: '' },
  'saw-pending': { says: 'Pending: {ca}.', cure: '' },
  'saw-candidates': { says: 'Offered here: {offered}. Proposed: {proposed}.', cure: '' },
  'saw-restart': { says: 'Restart on rotation: {restarts}.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^(aurora-)?postgres(ql)?$/, 'postgres'],
  [/^(aurora-)?mysql$|^aurora$|^mariadb$/, 'mysql'],
]
export const familyOf = (engine: string): Family => FAMILIES.find(([pattern]) => pattern.test(engine))?.[1] ?? 'other'

/** Reads the database by name and holds it against the resource id: a name can be given to another database. */
export async function sameDatabase(
  read: (name: string, signal: AbortSignal) => Promise<DatabaseRecord | undefined>,
  about: { readonly name: string; readonly subject: { readonly id: string; readonly region?: string } },
  signal: AbortSignal,
): Promise<DatabaseRecord> {
  const record = await read(about.name, signal)
  if (!record) throw new CannotLook(reason('gone', { name: about.name, region: about.subject.region ?? '' }))
  if (record.resourceId !== about.subject.id)
    throw new CannotLook(reason('replaced', { name: about.name, expected: about.subject.id, found: record.resourceId }))
  return record
}

/** `rds-ca-rsa2048-g1` → `rsa2048`; a CA of an older generation has no key type in its name and was RSA 2048. */
const keyTypeOf = (ca: string): string => /^rds-ca-([a-z]+\d+)-g\d+$/.exec(ca)?.[1] ?? 'rsa2048'

/** Same key type as now, and not the present one: changing the key type is what breaks old clients, not changing the name. */
function propose(present: string, candidates: readonly CaRecord[]): string | undefined {
  const same = candidates.filter((one) => keyTypeOf(one.id) === keyTypeOf(present))
  const newest = same.filter((one) => one.id !== present).sort((a, b) => b.validTill - a.validTill)[0]
  const here = candidates.find((one) => one.id === present)
  // Nothing newer of that kind: stay, unless the present one is on its way out.
  if (!newest) return here?.id
  return here && here.validTill >= newest.validTill ? here.id : newest.id
}

const unsupportedKind = (engine: string, clusterId: string | undefined): string | undefined => {
  if (clusterId) return `member of the cluster ${clusterId}`
  if (engine.startsWith('custom-')) return 'RDS Custom instance'
  return undefined
}

export const identify = step({
  id: 'identify',
  version: 1,
  number: '01',
  on: 'database',
  title: 'Identify the database',
  why: 'The same name can mean another database, and the same CA name is another root in every Region. Everything after this rests on what AWS says now.',
  source:
    'Amazon RDS User Guide: Using SSL/TLS to encrypt a connection; API: DescribeDBInstances, DescribeCertificates, DescribeDBEngineVersions',
  needs: {},
  asks: ['target'],
  looksFirst: true,
  cheap: true,
  maxAge: 60 * 60_000,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, about, _given, _decided, signal) {
    const { control } = world
    const [who, record, cas] = await Promise.all([
      control.identity(signal),
      sameDatabase((name, inTime) => control.database(name, inTime), about, signal),
      control.cas(signal),
    ])
    const engine = await control.engine(record.engine, record.engineVersion, signal)
    const candidates = cas.filter((ca) => engine?.supportedCas.includes(ca.id))
    const present = cas.find((ca) => ca.id === record.ca)
    const proposed = propose(record.ca, candidates)
    const without = engine?.rotatesWithoutRestart
    return {
      basis: {
        account: who.account,
        region: control.region,
        resourceId: record.resourceId,
        arn: record.arn,
        name: record.id,
        engine: record.engine,
        engineVersion: record.engineVersion,
        family: familyOf(record.engine),
        ...(record.endpoint && { endpoint: record.endpoint }),
        ...(record.clusterId && { clusterId: record.clusterId }),
        ca: record.ca,
        ...(present && { thumbprint: present.thumbprint }),
        candidates: candidates.map((ca) => ({ ca: ca.id, thumbprint: ca.thumbprint })),
        restarts: without === undefined ? 'unknown' : without ? 'no' : 'yes',
      },
      detail: {
        status: record.status,
        instanceClass: record.instanceClass,
        ...(record.pendingCa && { pendingCa: record.pendingCa }),
        ...(record.leafValidTill !== undefined && { leafValidTill: record.leafValidTill }),
        ...(present && { caValidTill: present.validTill }),
        caValidTills: Object.fromEntries(cas.map((ca) => [ca.id, ca.validTill])),
        ...optional('defaultCa', cas.find((ca) => ca.isDefault)?.id),
        ...optional('proposed', proposed),
        ...optional('maintenanceWindow', record.maintenanceWindow),
        tags: record.tags,
      },
    }
  },

  tells({ basis, detail }) {
    const { arn, engine, engineVersion: version, ca, restarts } = basis
    return [
      reason('saw-database', { arn, engine, version, status: detail.status, class: detail.instanceClass }),
      reason('saw-ca', { ca, root: day(detail.caValidTill), leaf: day(detail.leafValidTill) }),
      ...(detail.pendingCa ? [reason('saw-pending', { ca: detail.pendingCa })] : []),
      reason('saw-candidates', { offered: basis.candidates.map((one) => one.ca), proposed: detail.proposed ?? 'none' }),
      reason('saw-restart', { restarts }),
    ]
  },

  offers: ({ basis, detail }) => ({
    target: basis.candidates.map(({ ca }) => ({
      value: { ca },
      label: `${ca} (root until ${day(detail.caValidTills[ca])})${ca === basis.ca ? ' — the present one' : ''}`,
      proposed: ca === detail.proposed,
    })),
  }),

  judge({ basis }, _given, { target }) {
    const kind = unsupportedKind(basis.engine, basis.clusterId)
    if (kind) return verdictOf([short('kind-unsupported', 'proof', { kind })])
    if (!basis.endpoint) return verdictOf([short('no-endpoint', 'proof')])
    if (!basis.candidates.some((one) => one.ca === target.ca)) {
      const offered = basis.candidates.map((one) => one.ca)
      return verdictOf([short('target-not-offered', 'proof', { target: target.ca, offered })])
    }
    const notes: Reason[] = []
    if (basis.ca === target.ca) notes.push(reason('already-on-target', { target: target.ca }))
    else if (basis.restarts === 'unknown') notes.push(reason('restart-unknown'))
    return verdictOf([], notes)
  },
})

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>)

/** The SHA-1 of the root that the target stands for in this Region; undefined when it is not offered. */
export const targetThumbprint = ({ basis }: IdentifyFacts, target: { readonly ca: string }): string | undefined =>
  basis.candidates.find((one) => one.ca === target.ca)?.thumbprint
