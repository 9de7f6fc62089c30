/** Whose a session is: by what is declared, by what a person said by name, or nobody's yet. */
import type { AccountedClient, ApplicationOnRecord } from './decisions.ts'
import { matchesAddress, matchesName } from './pattern.ts'

export interface ClientName {
  readonly user: string
  readonly application: string
  /** Empty or absent: not known. */
  readonly address?: string | undefined
}

/** What counts as one client: addresses change with every deployment. */
export const clientKey = ({ user, application }: ClientName): string => JSON.stringify([user, application])

/**
 * Which declared application a session belongs to: by its user, by its own name or a pattern of it, by its address, and at last by what
 * a person said of it. The first that fits; users go before all patterns.
 */
export function applicationOf(
  client: ClientName,
  applications: readonly ApplicationOnRecord[],
  accounted: readonly AccountedClient[] = [],
): ApplicationOnRecord | undefined {
  const { user, application, address } = client
  const hand = accountOf(client, accounted)?.of
  return (
    applications.find((one) => one.users.includes(user)) ??
    applications.find(
      (one) => one.name === application || one.sessionNames?.some((pattern) => matchesName(pattern, application)),
    ) ??
    (address
      ? applications.find((one) => one.addresses?.some((pattern) => matchesAddress(pattern, address)))
      : undefined) ??
    (hand === undefined ? undefined : applications.find((one) => one.name === hand))
  )
}

/** What was said last of this client by name. */
export const accountOf = (
  { user, application }: ClientName,
  accounted: readonly AccountedClient[],
): AccountedClient | undefined => accounted.findLast((one) => one.user === user && one.application === application)

/**
 * Whether somebody has to answer for this client still. Being named as an application's is no answer once that application is declared
 * no more.
 */
export const isAccountedFor = (
  client: ClientName,
  applications: readonly ApplicationOnRecord[],
  accounted: readonly AccountedClient[],
): boolean => {
  if (applicationOf(client, applications, accounted)) return true
  const account = accountOf(client, accounted)
  return account !== undefined && account.as !== 'application'
}

/** What stands in between at this address, by what is declared: behind it there are clients that the server cannot see. */
export function standsBetween(
  address: string,
  applications: readonly ApplicationOnRecord[],
): { readonly route: 'rds-proxy' | 'pooler'; readonly of: string } | undefined {
  for (const { name, route, addresses } of applications)
    if (
      (route === 'rds-proxy' || route === 'pooler') &&
      addresses?.some((pattern) => address !== '' && matchesAddress(pattern, address))
    )
      return { route, of: name }
  return undefined
}

/** A client as it is compared: a declared application's sessions give themselves different names, or none. */
export const asOneOf = (
  client: ClientName,
  applications: readonly ApplicationOnRecord[],
  accounted: readonly AccountedClient[] = [],
): ClientName => ({
  user: client.user,
  application: applicationOf(client, applications, accounted)?.name ?? client.application,
})
