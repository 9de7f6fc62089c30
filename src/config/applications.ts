/** The applications of a configuration, as ports, steps and records know them. */
import type { ApplicationCheck } from '../ports/application-checks.ts'
import type { DeclaredApplication, Owner } from '../ports/world.ts'
import type { ApplicationOnRecord } from '../rules/decisions.ts'
import { digestOf, type Digest } from '../rules/words.ts'
import type { ApplicationConfig } from './application-schema.ts'
import type { Config } from './schema.ts'
import { locationOf } from './trust-store-schema.ts'

const ownerOf = (owner: NonNullable<ApplicationConfig['owner']>): Owner =>
  typeof owner === 'string' ? { name: owner } : owner

function routeOf({ route, databases }: ApplicationConfig): Pick<DeclaredApplication, 'route' | 'hosts'> {
  if (typeof route === 'string') return { route, hosts: {} }
  const { via, host = {} } = route
  return {
    route: via,
    hosts: typeof host === 'string' ? Object.fromEntries(databases.map((one) => [one, host])) : host,
  }
}

function checkOf(check: NonNullable<ApplicationConfig['check']>): ApplicationCheck {
  const {
    argv: [program = '', ...args],
    shell,
    timeout,
    honours,
  } = Array.isArray(check) ? { argv: check } : check
  return {
    argv: [program, ...args],
    ...(shell && { shell }),
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
    ...(honours && { honours }),
  }
}

/** The applications of a configuration, by name. */
export const applicationsOf = (config: Config): ReadonlyMap<string, DeclaredApplication> =>
  new Map(
    Object.entries(config.applications).map(([name, declared]) => {
      const { databases, verification, users, sessionNames, addresses, trustStores, owner, check } = declared
      const application: DeclaredApplication = {
        name,
        databases,
        verification,
        users,
        sessionNames,
        addresses,
        trustStores: trustStores.map((one) => locationOf(one)),
        ...routeOf(declared),
        ...(owner !== undefined && { owner: ownerOf(owner) }),
        ...(check && { check: checkOf(check) }),
        ...(declared.client !== undefined && { client: declared.client }),
      }
      return [name, application]
    }),
  )

/** An application as the rotation of one of its databases records it. */
export function onRecord(application: DeclaredApplication, database: string): ApplicationOnRecord {
  const { name, verification, users, sessionNames, addresses, route, hosts, check } = application
  const host = hosts[database]
  return {
    name,
    verification,
    users,
    ...(sessionNames.length > 0 && { sessionNames }),
    ...(addresses.length > 0 && { addresses }),
    ...(route !== 'direct' && { route }),
    ...(host !== undefined && { host }),
    ...(check && { check: digestOf(check) }),
  }
}

/** What facts about an application's trust stores rest on: they are outdated when it is declared otherwise. */
export const digestOfDeclaration = ({ verification, trustStores, route }: DeclaredApplication): Digest =>
  digestOf({ verification, trustStores, ...(route !== 'direct' && { route }) })
