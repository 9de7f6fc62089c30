import * as z from 'zod/mini'

const place = { account: z.string(), region: z.string() }

/** RDS Proxies: they carry no CA of RDS, and stand between clients and the databases that do. */
const proxy = z.object({
  ...place,
  name: z.string(),
  resourceId: z.string(),
  engineFamily: z.enum(['POSTGRESQL', 'MYSQL', 'SQLSERVER']),
  requireTls: z.boolean(),
  hostName: z.string(),
  createdAt: z.number(),
  /** A second endpoint, for reading alone. */
  readOnly: z.exactOptional(z.object({ name: z.string(), hostName: z.string() })),
  /** DBInstanceIdentifier or DBClusterIdentifier. */
  target: z.object({ kind: z.enum(['instance', 'cluster']), id: z.string() }),
})
export type ProxyState = z.infer<typeof proxy>

/** A global database: clusters of several Regions, by ARN. */
const globalCluster = z.object({
  account: z.string(),
  id: z.string(),
  resourceId: z.string(),
  engine: z.string(),
  engineVersion: z.string(),
  members: z.readonly(
    z.array(z.object({ arn: z.string(), writer: z.boolean(), readers: z.readonly(z.array(z.string())) })),
  ),
})
export type GlobalClusterState = z.infer<typeof globalCluster>

const blueGreen = z.object({
  ...place,
  id: z.string(),
  name: z.string(),
  source: z.string(),
  target: z.string(),
  status: z.enum(['PROVISIONING', 'AVAILABLE', 'SWITCHOVER_IN_PROGRESS', 'SWITCHOVER_COMPLETED']),
  createdAt: z.number(),
})
export type BlueGreenState = z.infer<typeof blueGreen>

/** What stands around the databases and does not change while one rehearses. */
export const surroundings = z.object({
  proxies: z.readonly(z.array(proxy)),
  globalClusters: z.readonly(z.array(globalCluster)),
  blueGreens: z.readonly(z.array(blueGreen)),
})
export type Surroundings = z.infer<typeof surroundings>

export const NO_SURROUNDINGS: Surroundings = { proxies: [], globalClusters: [], blueGreens: [] }
