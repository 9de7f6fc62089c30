/** A control plane whose answers are given, and the look at 01 and 06 of one subject in it. */
import { identify } from '../../steps/01-identify.ts'
import { preflight } from '../../steps/06-preflight.ts'
import type { ClusterRecord, ControlPlane, DatabaseRecord } from '../../src/ports/control-plane.ts'
import type { World } from '../../src/ports/world.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import type { About, Verdict } from '../../src/rules/step.ts'
import { NOW } from '../support/scenario.ts'
import { ACCOUNT, NEW_CA, OLD_CA, REGION, scriptedRegion } from '../support/scripted-region.ts'

export const WORLD = `aws|${ACCOUNT}`
export const instance = (change: Partial<DatabaseRecord> & { id: string }): DatabaseRecord => {
  const region = scriptedRegion([[change.id, change.engine ?? 'postgres']])
  return { ...region.databases.get(change.id)!, ...change }
}
export const cluster = (change: Partial<ClusterRecord> & { id: string }): ClusterRecord => ({
  kind: 'cluster',
  arn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:${change.id}`,
  resourceId: `cluster-${change.id.toUpperCase()}`,
  engine: 'aurora-postgresql',
  engineVersion: '16.4',
  engineMode: 'provisioned',
  status: 'available',
  ca: '',
  pendingOther: {},
  endpoint: { host: `${change.id}.cluster-c0.${REGION}.rds.example`, port: 5432 },
  customEndpoints: [],
  members: [],
  replicas: [],
  parameterGroups: [],
  tags: {},
  iamAuth: false,
  ...change,
})

export interface Account {
  readonly databases?: readonly DatabaseRecord[]
  readonly clusters?: readonly ClusterRecord[]
  /** What else AWS answers, or refuses. */
  readonly answers?: Partial<ControlPlane>
}

export function worldOf({ databases = [], clusters = [], answers = {} }: Account, now = NOW): World {
  const world = scriptedRegion([]).world(() => now)
  const control: ControlPlane = {
    ...world.control,
    database: async (id) => databases.find((one) => one.id === id),
    cluster: async (id) => clusters.find((one) => one.id === id),
    ...answers,
  }
  return { ...world, control }
}

export const aboutOf = ({ kind, id, resourceId }: DatabaseRecord | ClusterRecord): About => ({
  subject: { kind, world: WORLD, region: REGION, id: resourceId },
  name: id,
})

export const never = new AbortController().signal
export const decided = { target: { ca: NEW_CA }, timing: 'now' } as Pick<Decisions, 'target' | 'timing'>

export async function identified(account: Account, about: About, target = NEW_CA) {
  const facts = identify.parse(await identify.look!(worldOf(account), about, {}, decided, never))!
  return { facts, verdict: identify.judge(facts, {}, { target: { ca: target } }, NOW, about) }
}

export async function preflown(account: Account, about: About, choice: Partial<typeof decided> = {}) {
  const { facts: given } = await identified(account, about)
  const facts = preflight.parse(await preflight.look!(worldOf(account), about, { identify: given }, decided, never))!
  return {
    facts,
    identify: given,
    verdict: preflight.judge(facts, { identify: given }, { ...decided, ...choice }, NOW, about),
  }
}

/** The codes that a verdict names: what is short, and what is noted. */
export const codesOf = (verdict: Verdict): { short: string[]; notes: string[] } => ({
  short: verdict.kind === 'not-proven' ? verdict.shortfalls.map(({ code, allows }) => `${code} ${allows}`) : [],
  notes: verdict.kind === 'proven' ? (verdict.notes ?? []).map(({ code }) => code) : [],
})

export { ACCOUNT, NEW_CA, OLD_CA, REGION }
