import * as z from 'zod/mini'
import { ENGINES } from './database-state.ts'

/**
 * The kinds of cluster: members that carry a CA each (`aurora`), a Multi-AZ DB cluster, which carries it for its members,
 * Aurora Serverless v1, which has neither members nor a CA, and another service's.
 */
export const CLUSTER_KINDS = ['aurora', 'multi-az', 'serverless-v1', 'other'] as const
export type ClusterKind = (typeof CLUSTER_KINDS)[number]

/** An endpoint that leads to members of a cluster: its name, and the loopback port where it is really reached. */
const endpoint = z.object({ hostName: z.string(), route: z.number() })
export type ClusterEndpoint = z.infer<typeof endpoint>

/**
 * One cluster: what is its own. What changes (CA, status, who writes) is its members', and is read off them. Times are
 * Instants.
 */
export const clusterState = z.object({
  key: z.string(),
  /** DBClusterIdentifier. */
  id: z.string(),
  account: z.string(),
  region: z.string(),
  resourceId: z.string(),
  environment: z.enum(['staging', 'production']),
  kind: z.enum(CLUSTER_KINDS),
  engine: z.enum(ENGINES),
  engineVersion: z.string(),
  writer: endpoint,
  reader: z.exactOptional(endpoint),
  /** Custom endpoints: the members, by DBInstanceIdentifier, to which each leads. */
  custom: z.readonly(z.array(z.extend(endpoint, { id: z.string(), members: z.readonly(z.array(z.string())) }))),
  createdAt: z.number(),
  maintenanceWindow: z.string(),
  backupWindow: z.string(),
  instanceClass: z.exactOptional(z.string()),
  /** Cluster parameters wait for a reboot. */
  parametersWait: z.exactOptional(z.literal(true)),
  serverlessV2: z.exactOptional(z.object({ least: z.number(), most: z.number() })),
  babelfish: z.exactOptional(z.literal(true)),
  globalCluster: z.exactOptional(z.string()),
  /** The ARN of the cluster that this one replicates. */
  replicates: z.exactOptional(z.string()),
  tags: z.exactOptional(z.readonly(z.record(z.string(), z.string()))),
})
export type ClusterState = z.infer<typeof clusterState>

/** Every endpoint of a cluster, with the port that the API names for all of them. */
export const endpointsOf = (cluster: ClusterState): readonly ClusterEndpoint[] => [
  cluster.writer,
  ...(cluster.reader ? [cluster.reader] : []),
  ...cluster.custom,
]
