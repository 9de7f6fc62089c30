import { shellWord } from './shell-word.ts'
import { digestOf, type Digest } from './words.ts'

/** The mutating calls that the program can make. Nothing else is ever sent. */
export const CHANGE_APIS = [
  'ModifyDBInstance',
  'ModifyDBCluster',
  'ApplyPendingMaintenanceAction',
  'ModifyCertificates',
] as const
export type ChangeApi = (typeof CHANGE_APIS)[number]

/** One mutating API request, exactly as it would be sent. What the screen shows is made from this very value. */
export interface Change {
  readonly api: ChangeApi
  /** The world and Region that it goes to: part of what is confirmed. */
  readonly world: string
  readonly region: string
  /** The id of the subject that it changes. A database's is its resource id: one restored under the same name is another database. */
  readonly resourceId: string
  readonly input: Readonly<Record<string, string | boolean>>
}

export const changeDigest = (change: Change): Digest => digestOf(change)

/** What came of sending a change. `unknown`: no answer, so the world must be observed; nothing is sent again blindly. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly requestId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly requestId?: string }
  | { readonly kind: 'unknown'; readonly cause: string }

const THROTTLING =
  /^(Throttl|RequestLimitExceeded|TooManyRequests|RequestThrottled|SlowDown|BandwidthLimitExceeded|ProvisionedThroughputExceeded)/

/** Whether AWS said by this code that there were too many requests: it took nothing of this one. */
export const isThrottled = (code: string): boolean => THROTTLING.test(code)

const KEBAB_IRREGULAR: Readonly<Record<string, string>> = {
  DBInstanceIdentifier: 'db-instance-identifier',
  DBClusterIdentifier: 'db-cluster-identifier',
  CACertificateIdentifier: 'ca-certificate-identifier',
}

/** The same request as an AWS CLI command, for people to read and compare. */
export function asAwsCli(change: Change): string {
  const verb = change.api
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace('DBInstance', 'db-instance')
    .replace('DBCluster', 'db-cluster')
  const words = ['aws', 'rds', verb.toLowerCase(), '--region', change.region]
  for (const [name, value] of Object.entries(change.input)) {
    const option = KEBAB_IRREGULAR[name] ?? name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
    if (typeof value === 'boolean') words.push(value ? `--${option}` : `--no-${option}`)
    else words.push(`--${option}`, value)
  }
  return words.map((word) => shellWord(word)).join(' ')
}
