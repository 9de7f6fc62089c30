/** The worlds that can be rehearsed: two pairs of databases, or every kind of database in several accounts and Regions. */
export const WORLDS = ['pairs', 'full'] as const
export type WorldName = (typeof WORLDS)[number]

/** The Region of the ordinary rehearsal, and the home of every larger world. In a Region without databases all lists are empty. */
export const REGION = 'ap-northeast-1'

/** An account id that AWS never issues, so that evidence from a rehearsal can never count for a real account. */
export const DEFAULT_ACCOUNT = '000000000000'

/** A second account, which has no databases, for access keys that ask for it. AWS never issues this one either. */
export const EMPTY_ACCOUNT = '000000000001'

/** The accounts that the larger world has besides: staging apart from production, and the one in GovCloud. */
export const STAGING_ACCOUNT = '000000000002'
export const GOVCLOUD_ACCOUNT = '000000000003'

export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn'

/** Where something lives. */
export interface Place {
  readonly account: string
  readonly region: string
}

export const HOME: Place = { account: DEFAULT_ACCOUNT, region: REGION }

export interface Account {
  readonly id: string
  readonly alias: string
  readonly partition: Partition
  /** The access key that is this account's; any other key is the default account's. */
  readonly accessKey: string
}

export const ACCOUNTS: readonly Account[] = [
  { id: DEFAULT_ACCOUNT, alias: 'rehearsal', partition: 'aws', accessKey: 'REHEARSAL' },
  { id: EMPTY_ACCOUNT, alias: 'rehearsal-empty', partition: 'aws', accessKey: 'AKIAREHEARSALEMPTY00' },
  { id: STAGING_ACCOUNT, alias: 'rehearsal-staging', partition: 'aws', accessKey: 'AKIAREHEARSALSTAGING' },
  { id: GOVCLOUD_ACCOUNT, alias: 'rehearsal-govcloud', partition: 'aws-us-gov', accessKey: 'AKIAREHEARSALGOVCLD0' },
]

/** Keys that AssumeRole hands out name their account, so that nothing need be remembered: `ASIAROLE` and the twelve digits. */
const ASSUMED = /^ASIAROLE(\d{12})$/
export const assumedKey = (account: string): string => `ASIAROLE${account}`

/** The account behind an access key: any key that is not known is the default account. */
export const accountOf = (accessKey: string): string =>
  ASSUMED.exec(accessKey)?.[1] ?? ACCOUNTS.find((account) => account.accessKey === accessKey)?.id ?? DEFAULT_ACCOUNT

export const partitionOfAccount = (account: string): Partition =>
  ACCOUNTS.find(({ id }) => id === account)?.partition ?? 'aws'

export function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return 'aws-us-gov'
  return region.startsWith('cn-') ? 'aws-cn' : 'aws'
}

/** The kinds of name that an endpoint can have: what stands before the account's own part of it. */
export type EndpointKind = 'cluster' | 'cluster-ro' | 'cluster-custom' | 'proxy'

/**
 * An endpoint's name. As in AWS, each account has a part of its own in it. `.example` is reserved and resolves nowhere
 * (RFC 2606): endpoints are reached through `connect` alone.
 */
export function hostNameOf(id: string, { account, region }: Place = HOME, kind?: EndpointKind): string {
  const own = `c0rehearsal${Number(account) + 1}`
  return `${id}.${kind === undefined ? own : `${kind}-${own}`}.${region}.rds.example`
}

/** What ARNs of RDS can name. */
export type ArnKind =
  | 'db'
  | 'cluster'
  | 'cluster-endpoint'
  | 'db-proxy'
  | 'db-proxy-endpoint'
  | 'target-group'
  | 'deployment'

export const arnOf = (kind: ArnKind, { account, region }: Place, id: string): string =>
  `arn:${partitionOf(region)}:rds:${region}:${account}:${kind}:${id}`

export const databaseArn = (database: Place & { readonly id: string }): string => arnOf('db', database, database.id)
export const clusterArn = (cluster: Place & { readonly id: string }): string => arnOf('cluster', cluster, cluster.id)
