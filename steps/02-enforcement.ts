/** What AWS's parameter groups say of TLS being enforced, beside what the server says: a change that waits for a restart is in the one and not in the other. */
import type { World } from '../src/ports/world.ts'
import type { About } from '../src/rules/step.ts'
import { readCarrier } from './carrier.ts'
import { z } from './shapes.ts'
import { unlessUntold, type Untold } from './soft.ts'

export const enforcement = z.object({ group: z.string(), name: z.string(), value: z.string() })
export type Enforcement = z.infer<typeof enforcement>

const ENFORCING = { postgres: 'rds.force_ssl', mysql: 'require_secure_transport' } as const

export interface EnforcementLook {
  readonly parameter: Enforcement | undefined
  /** What AWS would not tell. The server's own word does not need it. */
  readonly untold: readonly Untold[]
}

/**
 * The parameter that enforces TLS, where a group sets it. A member of a cluster has it in the cluster's group: Aurora MySQL's
 * `require_secure_transport` and Aurora PostgreSQL's `rds.force_ssl` are in no other (Amazon Aurora User Guide: Security with Aurora).
 * Throws CannotLook when the database is gone or another.
 */
export async function lookAtEnforcement(
  world: Pick<World, 'control'>,
  about: About,
  family: keyof typeof ENFORCING,
  signal: AbortSignal,
): Promise<EnforcementLook> {
  const { control } = world
  const untold: Untold[] = []
  const soft = <T>(asked: Promise<T>) => unlessUntold(asked, untold, signal)
  const name = ENFORCING[family]
  const record = await readCarrier(world, about, signal)
  const cluster =
    record.kind === 'cluster' ? record : record.clusterId && (await soft(control.cluster(record.clusterId, signal)))
  const ofCluster = cluster ? cluster.clusterParameterGroup : undefined
  if (ofCluster !== undefined) {
    const value = await soft(control.clusterParameter(ofCluster, name, signal))
    if (value !== undefined) return { parameter: { group: ofCluster, name, value }, untold }
  }
  for (const { name: group } of record.parameterGroups) {
    const value = await soft(control.parameter(group, name, signal))
    if (value !== undefined) return { parameter: { group, name, value }, untold }
  }
  return { parameter: undefined, untold }
}
