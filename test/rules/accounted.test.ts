/** Nothing declared is not a proof: each TLS client is somebody's, or accounted for by name, before 04 opens. */
import { expect, it } from 'vitest'
import type { AccountedClient, Decisions } from '../../src/rules/decisions.ts'
import { NOW, Scenario, goodFacts, production } from '../support/scenario.ts'

const CLIENTS = [
  { user: 'orders_api', application: 'orders-api', transport: 'tls' },
  { user: 'reports', application: '', transport: 'tls' },
  { user: 'cron', application: 'psql', transport: 'plain' },
] as const

/** A database for which nothing is declared but its target, with these clients in its census. */
function undeclared(): Scenario {
  const scenario = new Scenario(production, { target: { ca: 'rds-ca-rsa2048-g1' }, environment: 'production' })
  scenario.start()
  const facts = goodFacts(production)
  scenario.see('identify', facts.identify)
  scenario.see('census', { ...facts.census, basis: { ...facts.census.basis, clients: [...CLIENTS] } })
  scenario.see('bundle', facts.bundle)
  return scenario
}

const decide = <D extends keyof Decisions>(scenario: Scenario, decision: D, value: Decisions[D]) =>
  scenario.put(production, { kind: 'decided', rotation: 'rotation-1', decision, value, said: 'screen' })
const account = (user: string, application: string): AccountedClient => ({
  user,
  application,
  as: 'not-ours',
  why: 'asked',
})
const unaccounted = (scenario: Scenario) =>
  scenario
    .position('census')
    .shortfalls.filter(({ met }) => !met)
    .map(({ shortfall: { code, args } }) => `${code} ${String(args['user'] ?? args['decision'])}`)

it('with nothing declared 04 is closed, and stays so until each TLS client is accounted for', () => {
  const scenario = undeclared()
  const stores = () => scenario.position('trust-stores')
  const blockers = () => {
    const { gate } = stores()
    return gate.open ? [] : gate.blockers.map(({ code, args }) => `${code} ${String(args['step'] ?? args['decision'])}`)
  }
  expect(stores().standing).toBe('missing')
  expect(blockers()).toEqual(['own-need census', 'undecided applications'])

  // That there are no applications is a statement, and no answer to who the clients are.
  decide(scenario, 'applications', [])
  expect(unaccounted(scenario)).toEqual(['client-unaccounted orders_api', 'client-unaccounted reports'])
  expect(blockers()).toEqual(['own-need census'])
  expect(scenario.position('modify').gate.open).toBe(false)

  decide(scenario, 'clients', [account('orders_api', 'orders-api')])
  expect(unaccounted(scenario)).toEqual(['client-unaccounted reports'])
  expect(blockers()).toEqual(['own-need census'])

  // Another client of that user is another client.
  decide(scenario, 'clients', [account('orders_api', 'orders-api'), account('reports', 'batch')])
  expect(unaccounted(scenario)).toEqual(['client-unaccounted reports'])

  decide(scenario, 'clients', [account('orders_api', 'orders-api'), account('reports', '')])
  expect(unaccounted(scenario)).toEqual([])
  expect(blockers()).toEqual([])
  expect(stores()).toMatchObject({ standing: 'proven', notes: [{ code: 'no-applications' }] })
})

it('a client that comes later closes it again', () => {
  const scenario = undeclared()
  decide(scenario, 'applications', [])
  decide(scenario, 'clients', [account('orders_api', 'orders-api'), account('reports', '')])
  expect(scenario.position('trust-stores').gate.open).toBe(true)
  const facts = goodFacts(production).census
  scenario.now = NOW + 1
  scenario.see('census', {
    ...facts,
    basis: { ...facts.basis, clients: [...CLIENTS, { user: 'new', application: '', transport: 'tls' }] },
  })
  expect(unaccounted(scenario)).toEqual(['client-unaccounted new'])
  expect(scenario.position('trust-stores').gate.open).toBe(false)
})
