import { NO_SURROUNDINGS } from '../state/surroundings.ts'
import { HOME } from '../world.ts'
import type { DatabasePlan, WorldPlan } from './world-plan.ts'

/** The CA that the databases of the ordinary rehearsal start on. */
export const FIRST_CA = 'rds-ca-2019'

/** The databases of the ordinary rehearsal, in the order in which their maintenance windows come. */
export const DATABASE_IDS = ['orders-staging', 'orders-production', 'billing-staging', 'billing-production'] as const

/** One pair whose engine rotates without a restart, and one whose engine must restart. */
export const PAIRS_WORLD: WorldPlan = {
  name: 'pairs',
  regions: [HOME.region],
  databases: DATABASE_IDS.map((id): DatabasePlan => ({
    key: id,
    id,
    place: HOME,
    environment: id.endsWith('staging') ? 'staging' : 'production',
    engine: id.startsWith('orders') ? 'postgres' : 'second',
    ca: FIRST_CA,
    served: true,
  })),
  clusters: [],
  surroundings: () => NO_SURROUNDINGS,
}
