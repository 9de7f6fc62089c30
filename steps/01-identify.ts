/**
 * 01 Identify: which database is this, which CA vouches for it, and where can it go?
 *
 * Looks at: the account (sts), the instance or cluster, the CAs of its Region, and what its engine version supports (rds:Describe*).
 * Proven when: AWS knows this very resource id, it is of a kind that carries a CA, and the target that was decided on is one that both
 * the engine version and the Region offer. Never from a list of our own: roots differ by Region, and AWS retires CAs.
 * When it does not hold: choose another target, or rotate by the means that the reason names.
 */
import type { CaRecord } from '../src/ports/control-plane.ts'
import type { Reason } from '../src/rules/words.ts'
import { verdictOf } from '../src/rules/step.ts'
import { KIND_WORDS, NOTHING_TO_ROTATE } from './01-kinds.ts'
import { carrierText, isStopped, kindOf, KINDS, readCarrier, startCommand, type Kind } from './carrier.ts'
import { step } from './facts.ts'
import { optedIn, optedInAmong } from './maintenance.ts'
import { unlessUntold } from './soft.ts'
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
    /** Facts from before kinds were told apart are an instance's: it was the only one. */
    kind: z._default(z.enum(KINDS), 'instance'),
    clusterId: z.optional(z.string()),
    ca: z.string(),
    /** SHA-1 of the root served now; absent when AWS lists that CA no more. */
    thumbprint: z.optional(z.string()),
    /** What engine version and Region both offer. */
    candidates: z.array(candidate),
    /** `listener`: Oracle's listener restarts, and the database does not. */
    restarts: z.enum(['no', 'yes', 'unknown', 'listener']),
  }),
  detail: z.object({
    status: z.string(),
    instanceClass: z.optional(z.string()),
    optedIn: z.optional(optedIn),
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
  'nothing-to-rotate': {
    says: 'This is {kind}: it carries no CA that can be changed.',
    cure: '{cure}',
  },
  'no-endpoint': {
    says: 'AWS gives no endpoint for it: it is being created, or has none.',
    cure: 'Wait until it is available, then look again.',
  },
  ...carrierText,
  'already-on-target': {
    says: 'It is on {target} already.',
    cure: 'Nothing has to be changed; the wire is verified next.',
  },
  'restart-unknown': {
    says: 'AWS does not say whether a change restarts it: count on a restart.',
    cure: 'Plan for a restart.',
  },
  'key-type-changes': {
    says: 'The key type changes from {from} to {to}, which is what breaks clients, not the new name: old TLS stacks, clients that take RSA 2048 alone, and tools that check the chain themselves may refuse it (Prisma’s migrate is known to, with rsa4096 and ecc384).',
    cure: 'Prove every client against a twin that serves it, or keep the key type.',
  },
  'no-way-back': {
    says: 'AWS lists {ca} no more: once it is changed, there is no way back to it.',
    cure: 'Be sure of 04 and 05: what fails afterwards is mended in the clients.',
  },
  'oracle-listener': {
    says: 'AWS says that it restarts; with Oracle only the listener does. Open sessions stay, new connections fail for a moment.',
    cure: '',
  },
  'oracle-ssl-option': {
    says: 'Oracle serves TLS only where its option group has the SSL option, on a port of its own (often 2484); AWS names {port} here. Without the option nobody meets this certificate.',
    cure: 'See its port: aws rds describe-option-groups --engine-name {engine} --region {region} --query "OptionGroupsList[].[OptionGroupName,Options[?OptionName==\'SSL\'].Port]". Checks are given RDS_CA_PORT={port}: where that is not the option’s port, let them connect to the option’s.',
  },
  'no-wire-for-engine': {
    says: 'The runbook does not speak the wire protocol of {engine}: it can neither see the certificate nor take a census.',
    cure: 'Give each application a check of its own, or have its owner attest 04 and 05.',
  },
  'saw-kind': { says: 'It is {kind}; the change is made by {call}.', cure: '' },
  'saw-opt-in': { says: 'AWS’s own {action} is opted in: {optIn}.', cure: '' },
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

/** `rds-ca-rsa2048-g1` → `rsa2048`; a CA of an older generation has no key type in its name and was RSA 2048. */
const keyTypeOf = (ca: string): string => /^rds-ca-([a-z]+\d+)-g\d+$/.exec(ca)?.[1] ?? 'rsa2048'

/** What a new server certificate under another key would be; the key type of a CA that AWS has retired is no guide any more. */
const keyTypeToKeep = (present: string, cas: readonly CaRecord[]): string =>
  cas.some((one) => one.id === present) ? keyTypeOf(present) : 'rsa2048'

/** Same key type as now, and not the present one: changing the key type is what breaks old clients, not changing the name. */
function propose(present: string, keyType: string, candidates: readonly CaRecord[]): string | undefined {
  const same = candidates.filter((one) => keyTypeOf(one.id) === keyType)
  const newest = same.filter((one) => one.id !== present).sort((a, b) => b.validTill - a.validTill)[0]
  const here = candidates.find((one) => one.id === present)
  // Nothing newer of that kind: stay, unless the present one is on its way out.
  if (!newest) return here?.id
  return here && here.validTill >= newest.validTill ? here.id : newest.id
}

type Restarts = IdentifyFacts['basis']['restarts']

function restartsOf(engine: string, without: boolean | undefined): Restarts {
  if (without === undefined) return 'unknown'
  if (without) return 'no'
  return isOracle(engine) ? 'listener' : 'yes'
}

const isOracle = (engine: string): boolean => engine.startsWith('oracle-')

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
      readCarrier(world, about, signal),
      control.cas(signal),
    ])
    const [engine, actions] = await Promise.all([
      control.engine(record.engine, record.engineVersion, signal),
      // Who may not read what AWS has pending learns it at 06, by name.
      unlessUntold(control.maintenance(record.arn, signal), [], signal),
    ])
    const comes = optedInAmong(actions ?? [], record.ca)
    const candidates = cas.filter((ca) => engine?.supportedCas.includes(ca.id))
    const present = cas.find((ca) => ca.id === record.ca)
    // Somebody is changing it already: that is followed, unless another target is decided on.
    const following = candidates.find(({ id }) => id === (record.pendingCa ?? comes?.to))?.id
    const proposed = following ?? propose(record.ca, keyTypeToKeep(record.ca, cas), candidates)
    const clusterId = record.kind === 'database' ? record.clusterId : undefined
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
        kind: kindOf(record),
        ...(clusterId && { clusterId }),
        ca: record.ca,
        ...(present && { thumbprint: present.thumbprint }),
        candidates: candidates.map((ca) => ({ ca: ca.id, thumbprint: ca.thumbprint })),
        restarts: restartsOf(record.engine, engine?.rotatesWithoutRestart),
      },
      detail: {
        status: record.status,
        ...optional('instanceClass', record.instanceClass),
        ...(comes && { optedIn: comes }),
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
    const { arn, engine, engineVersion: version, ca, restarts, kind } = basis
    const known = KIND_WORDS[kind]
    return [
      reason('saw-database', {
        arn,
        engine,
        version,
        status: detail.status,
        class: detail.instanceClass ?? 'no class',
      }),
      ...(known ? [reason('saw-kind', { kind: known, call: callOf(kind) })] : []),
      reason('saw-ca', { ca, root: day(detail.caValidTill), leaf: day(detail.leafValidTill) }),
      ...(detail.pendingCa ? [reason('saw-pending', { ca: detail.pendingCa })] : []),
      ...(detail.optedIn ? [reason('saw-opt-in', { action: detail.optedIn.action, optIn: detail.optedIn.optIn })] : []),
      reason('saw-candidates', { offered: basis.candidates.map((one) => one.ca), proposed: detail.proposed ?? 'none' }),
      reason('saw-restart', { restarts }),
    ]
  },

  offers: ({ basis, detail }) => ({
    target: basis.candidates.map(({ ca }) => ({
      value: { ca },
      label: [
        `${ca} (root until ${day(detail.caValidTills[ca])})`,
        ...(ca === basis.ca ? ['the present one'] : []),
        ...(keyTypeOf(ca) === keyTypeOf(basis.ca) ? [] : ['another key type: clients may refuse it']),
      ].join(' — '),
      proposed: ca === detail.proposed,
    })),
  }),

  judge({ basis, detail: { status } }, _given, { target }) {
    const nothing = NOTHING_TO_ROTATE[basis.kind]
    if (nothing) return verdictOf([short('nothing-to-rotate', 'proof', { kind: nothing[0], cure: nothing[1] })])
    if (!basis.endpoint) return verdictOf([short('no-endpoint', 'proof')])
    // Said here, before a census or a handshake fails for a reason that they cannot know.
    if (isStopped(status))
      return verdictOf([short('is-stopped', 'proof', { status, command: startCommand(basis.kind, basis) })])
    if (!basis.candidates.some((one) => one.ca === target.ca)) {
      const offered = basis.candidates.map((one) => one.ca)
      return verdictOf([short('target-not-offered', 'proof', { target: target.ca, offered })])
    }
    return verdictOf([], notesOf(basis, target.ca))
  },
})

function notesOf(basis: IdentifyFacts['basis'], target: string): Reason[] {
  const { ca, thumbprint, engine, family: wire, restarts, region, endpoint: { port } = { port: 0 } } = basis
  const notes: Reason[] = wire === 'other' ? [reason('no-wire-for-engine', { engine })] : []
  if (isOracle(engine)) notes.push(reason('oracle-ssl-option', { engine, region, port }))
  if (ca === target) return [reason('already-on-target', { target }), ...notes]
  if (restarts === 'unknown') notes.push(reason('restart-unknown'))
  if (restarts === 'listener') notes.push(reason('oracle-listener'))
  if (thumbprint === undefined) notes.push(reason('no-way-back', { ca }))
  else if (keyTypeOf(ca) !== keyTypeOf(target))
    notes.push(reason('key-type-changes', { from: keyTypeOf(ca), to: keyTypeOf(target) }))
  return notes
}

/** The call that changes the CA of its kind. */
export const callOf = (kind: Kind): 'ModifyDBInstance' | 'ModifyDBCluster' =>
  kind === 'multi-az-cluster' ? 'ModifyDBCluster' : 'ModifyDBInstance'

const optional = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>)

/** The SHA-1 of the root that the target stands for in this Region; undefined when it is not offered. */
export const targetThumbprint = ({ basis }: IdentifyFacts, target: { readonly ca: string }): string | undefined =>
  basis.candidates.find((one) => one.ca === target.ca)?.thumbprint
