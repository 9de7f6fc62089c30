import type { CaId } from '../data-plane.ts'
import type { EngineName } from '../state/database-state.ts'
import { arnOf, GOVCLOUD_ACCOUNT, HOME, STAGING_ACCOUNT, type Place } from '../world.ts'
import { PAIRS_WORLD } from './pairs-world.ts'
import type { ClusterPlan, DatabasePlan, WorldPlan } from './world-plan.ts'

/** Where the larger world's databases live. */
const FAR: Place = { ...HOME, region: 'eu-central-1' }
const STAGING: Place = { ...HOME, account: STAGING_ACCOUNT }
const GOVCLOUD: Place = { account: GOVCLOUD_ACCOUNT, region: 'us-gov-west-1' }

const G1: CaId = 'rds-ca-rsa2048-g1'
const OLD: CaId = 'rds-ca-2019'

const AURORA_POSTGRES = '16.6'
const AURORA_MYSQL = '8.0.mysql_aurora.3.08.0'

type Rest = Partial<DatabasePlan> & { readonly key?: string }

const database = (id: string, engine: DatabasePlan['engine'], rest: Rest = {}): DatabasePlan => ({
  key: id,
  id,
  place: HOME,
  environment: 'production',
  engine,
  ca: OLD,
  served: false,
  ...rest,
})

/** Members of a cluster, the writer first; the last of those with a class of `db.serverless` scales by itself. */
const members = (cluster: ClusterPlan, ids: readonly string[], rest: Rest): readonly DatabasePlan[] =>
  ids.map((id, index) =>
    database(id, cluster.engine, {
      place: cluster.place,
      environment: cluster.environment,
      version: cluster.version,
      member: { cluster: cluster.key, writer: index === 0, tier: index === 0 ? 0 : 1 },
      ...rest,
    }),
  )

const cluster = (
  id: string,
  kind: ClusterPlan['kind'],
  engine: EngineName,
  version: string,
  rest: Partial<ClusterPlan> = {},
): ClusterPlan => ({ key: id, id, place: HOME, environment: 'production', kind, engine, version, ...rest })

const shop = cluster('shop-production', 'aurora', 'aurora-postgresql', AURORA_POSTGRES, {
  custom: { 'shop-analytics': ['shop-production-2'] },
  rest: { serverlessV2: { least: 0.5, most: 4 } },
})
const shopStaging = cluster('shop-staging', 'aurora', 'aurora-postgresql', AURORA_POSTGRES, { environment: 'staging' })
const bookings = cluster('bookings-production', 'multi-az', 'postgres', '16.9', {
  rest: { instanceClass: 'db.m6gd.large' },
})
const bookingsStaging = cluster('bookings-staging', 'multi-az', 'postgres', '16.9', {
  environment: 'staging',
  rest: { instanceClass: 'db.m6gd.large' },
})
const babelfish = cluster('tsql-production', 'aurora', 'aurora-postgresql', AURORA_POSTGRES, {
  rest: { babelfish: true },
})
const events = cluster('events-v1', 'serverless-v1', 'aurora-mysql', '5.7.mysql_aurora.2.11.6')
const worldHome = cluster('catalog-home', 'aurora', 'aurora-mysql', AURORA_MYSQL, {
  rest: { globalCluster: 'catalog' },
})
const worldFar = cluster('catalog-far', 'aurora', 'aurora-mysql', AURORA_MYSQL, {
  place: FAR,
  rest: { globalCluster: 'catalog', replicates: arnOf('cluster', HOME, 'catalog-home') },
})
const documents = cluster('documents', 'other', 'docdb', '5.0.0')
const graph = cluster('graph', 'other', 'neptune', '1.3.2.1')

const CLUSTERS = [
  shop,
  shopStaging,
  bookings,
  bookingsStaging,
  babelfish,
  events,
  worldHome,
  worldFar,
  documents,
  graph,
]

const SHOP_MEMBERS = ['shop-production-1', 'shop-production-2', 'shop-production-3']

/** Engines whose wire protocol the runbook does not speak; each has a twin. */
const WITHOUT_WIRE = [
  ['payroll', 'sqlserver-se', '15.00.4430.1.v1'],
  ['ledger', 'oracle-se2', '19.0.0.0.ru-2025-04.rur-2025-04.r1'],
  ['warehouse', 'db2-se', '11.5.9.0.sb00052667.r1'],
] as const

/** Every kind of database that the runbook can meet, beside the ordinary rehearsal's pairs. */
const DATABASES: readonly DatabasePlan[] = [
  ...PAIRS_WORLD.databases,
  // A source, a replica beside it, and one in another Region, where the root is another one.
  database('stock-production', 'postgres', { served: true, multiAz: true, managedSecret: true, iamAuth: true }),
  database('stock-replica', 'postgres', { served: true, replicaOf: 'stock-production', replication: 'replicating' }),
  database('stock-far-replica', 'postgres', {
    served: true,
    place: FAR,
    ca: G1,
    replicaOf: 'stock-production',
    replication: 'replicating',
  }),
  // Two replicas of one source, and a replica of one of them.
  database('forum-production', 'mysql', { version: '8.0.42' }),
  ...Object.entries({
    'forum-replica-1': 'forum-production',
    'forum-replica-2': 'forum-production',
    'forum-replica-2-deep': 'forum-replica-2',
  }).map(([id, replicaOf]) => database(id, 'mysql', { version: '8.0.42', replicaOf, replication: 'replicating' })),
  // Their twins, and a namesake, in another account.
  database('stock-staging', 'postgres', { served: true, place: STAGING, environment: 'staging' }),
  database('stock-staging-replica', 'postgres', {
    served: true,
    place: STAGING,
    environment: 'staging',
    replicaOf: 'stock-staging',
    replication: 'replicating',
  }),
  database('orders-production', 'postgres', {
    key: 'orders-production-elsewhere',
    place: STAGING,
    environment: 'staging',
  }),
  ...members(shop, SHOP_MEMBERS, { served: true }).map((plan) =>
    plan.id === 'shop-production-3' ? { ...plan, instanceClass: 'db.serverless' } : plan,
  ),
  ...members(shopStaging, ['shop-staging-1', 'shop-staging-2'], { served: true }),
  ...members(
    bookings,
    [1, 2, 3].map((n) => `bookings-production-instance-${n}`),
    { served: true },
  ),
  ...members(
    bookingsStaging,
    [1, 2, 3].map((n) => `bookings-staging-instance-${n}`),
    { served: true },
  ),
  ...members(babelfish, ['tsql-production-1'], { served: true, babelfish: true }),
  ...members(worldHome, ['catalog-home-1', 'catalog-home-2'], {}),
  ...members(worldFar, ['catalog-far-1'], { ca: G1 }),
  ...members(documents, ['documents-1'], {}),
  ...members(graph, ['graph-1'], {}),
  ...WITHOUT_WIRE.map(([id, engine, version]) => database(id, engine, { version })),
  database('legacy-custom', 'custom-oracle-ee', { version: '19.cdb_cev1', custom: true }),
  database('wiki', 'mysql', { version: '8.0.42' }),
  database('wiki-green', 'mysql', { version: '8.4.5' }),
  database('archive', 'mariadb', { version: '10.11.13', status: 'stopped' }),
  database('permits', 'postgres', { place: GOVCLOUD, ca: 'rds-ca-rsa4096-g1', served: true }),
  database('permits-staging', 'postgres', {
    place: GOVCLOUD,
    ca: 'rds-ca-rsa4096-g1',
    served: true,
    environment: 'staging',
  }),
  ...WITHOUT_WIRE.map(([id, engine, version]) =>
    database(`${id}-staging`, engine, { version, environment: 'staging' }),
  ),
]

export const FULL_WORLD: WorldPlan = {
  name: 'full',
  regions: [HOME.region, FAR.region, GOVCLOUD.region],
  databases: DATABASES,
  clusters: CLUSTERS,
  surroundings: (now) => ({
    proxies: [
      {
        ...HOME,
        name: 'shop-proxy',
        resourceId: '0rehearsalshop',
        engineFamily: 'POSTGRESQL',
        requireTls: true,
        hostName: `shop-proxy.proxy-c0rehearsal1.${HOME.region}.rds.example`,
        createdAt: now,
        readOnly: {
          name: 'shop-proxy-reading',
          hostName: `shop-proxy-reading.endpoint.proxy-c0rehearsal1.${HOME.region}.rds.example`,
        },
        target: { kind: 'cluster', id: shop.id },
      },
      {
        ...HOME,
        name: 'wiki-proxy',
        resourceId: '0rehearsalwiki',
        engineFamily: 'MYSQL',
        requireTls: false,
        hostName: `wiki-proxy.proxy-c0rehearsal1.${HOME.region}.rds.example`,
        createdAt: now,
        target: { kind: 'instance', id: 'wiki' },
      },
    ],
    globalClusters: [
      {
        account: HOME.account,
        id: 'catalog',
        resourceId: 'cluster-0rehearsalcatalog',
        engine: 'aurora-mysql',
        engineVersion: AURORA_MYSQL,
        members: [
          {
            arn: arnOf('cluster', HOME, worldHome.id),
            writer: true,
            readers: [arnOf('cluster', FAR, worldFar.id)],
          },
          { arn: arnOf('cluster', FAR, worldFar.id), writer: false, readers: [] },
        ],
      },
    ],
    blueGreens: [
      {
        ...HOME,
        id: 'bgd-0rehearsalwiki',
        name: 'wiki-8-4',
        source: arnOf('db', HOME, 'wiki'),
        target: arnOf('db', HOME, 'wiki-green'),
        status: 'AVAILABLE',
        createdAt: now,
      },
    ],
  }),
}
