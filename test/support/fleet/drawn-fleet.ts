/** Which databases a fleet has, and what is to be done for some of them beside the waves. */
import { DAY, NOW } from '../scenario.ts'
import { REGION } from '../scripted-region.ts'
import { seeded } from '../seeded.ts'
import { auroraClusterOf } from './records.ts'
import type { SimulatedAccount } from './simulated-account.ts'

export const OWN = '123456789012'
export const OTHER = '210987654321'

export const keyOf = (account: SimulatedAccount, name: string): string => `${account.account}/${REGION}/${name}`

/** Which groups of databases there are beside the first pair, and what is done beside the waves. */
export interface Drawn {
  readonly billing: boolean
  readonly ledger: boolean
  readonly shop: boolean
  readonly elsewhere: boolean
  /** One of the replicas has a replica of its own. */
  readonly cascade?: boolean
  readonly bookings?: boolean
  readonly errands?: readonly Errand[]
}

/** What is to be done for one database beside the waves: before them, in an outage, or for a renewal; after them, the way back. */
export interface Errand {
  readonly sequence: 'outage' | 'leaf-renewal' | 'rollback'
  readonly name: string
}

/** Drawn apart from all else: what was found by a seed before these were drawn is found by it still. */
export function drawnBeside(seed: number, drawn: Drawn): Drawn {
  const random = seeded(seed + 1_000_003)
  const bookings = random.below(2) === 0
  const maria = drawn.billing || drawn.ledger ? ['billing-staging', 'billing-production'] : []
  const all: Errand[] = [
    { sequence: 'outage', name: random.oneOf(['orders-production', 'orders-staging', ...maria]) },
    ...maria.slice(0, 1 + random.below(2)).map((name) => ({ sequence: 'leaf-renewal' as const, name })),
    {
      sequence: 'rollback',
      name: random.oneOf(['orders-production', ...maria.slice(1), ...(bookings ? ['bookings-production'] : [])]),
    },
  ]
  const errands = all.filter(() => random.below(2) === 0)
  return { ...drawn, bookings, errands, cascade: random.below(2) === 0 }
}

export function populate(own: SimulatedAccount, other: SimulatedAccount, drawn: Drawn): Record<string, string> {
  const twins: Record<string, string> = {}
  const twin = (account: SimulatedAccount, name: string, of: string) => {
    twins[keyOf(account, name)] = keyOf(own, of)
  }
  own.create('orders-staging', 'postgres')
  own.create('orders-production', 'postgres')
  twin(own, 'orders-production', 'orders-staging')
  if (drawn.billing || drawn.ledger) {
    own.create('billing-staging', 'mariadb')
    own.create('billing-production', 'mariadb')
    twin(own, 'billing-production', 'billing-staging')
  }
  if (drawn.ledger) {
    own.create('ledger', 'mariadb', { replicas: ['ledger-r1', 'ledger-r2'] })
    const deeper = drawn.cascade ? ['ledger-r2-r'] : []
    own.create('ledger-r1', 'mariadb', { replicaSource: 'ledger' })
    own.create('ledger-r2', 'mariadb', { replicaSource: 'ledger', replicas: deeper })
    for (const name of deeper) own.create(name, 'mariadb', { replicaSource: 'ledger-r2' })
    for (const name of ['ledger', 'ledger-r1', 'ledger-r2', ...deeper]) twin(own, name, 'billing-staging')
  }
  if (drawn.shop) {
    const names = ['shop-1', 'shop-2', 'shop-3']
    for (const name of names) own.create(name, 'aurora-postgresql', { clusterId: 'shop' })
    for (const name of names) twin(own, name, 'orders-staging')
    own.clusters.set('shop', auroraClusterOf(OWN, 'shop', names))
  }
  if (drawn.bookings) {
    for (const name of ['bookings-staging', 'bookings-production'])
      own.create(
        name,
        'mysql',
        {},
        [1, 2, 3].map((number) => `${name}-instance-${number}`),
      )
    twin(own, 'bookings-production', 'bookings-staging')
  }
  if (drawn.elsewhere) {
    other.create('orders-production', 'postgres')
    twin(other, 'orders-production', 'orders-staging')
  }
  return twins
}

/** What makes an errand one: an expired certificate, or AWS's offer of a new one. */
export function arm(own: SimulatedAccount, { sequence, name }: Errand): void {
  const database = own.databases.get(name)
  if (!database) throw new Error(`there is no ${name}`)
  if (sequence === 'leaf-renewal') database.offered = true
  if (sequence !== 'outage') return
  database.expired = true
  database.record.leafValidTill = NOW - DAY
}
