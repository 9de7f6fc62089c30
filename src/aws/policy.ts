import { CHANGE_APIS, type ChangeApi } from '../rules/change.ts'
import { READS } from './operations.ts'

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
}

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/** What of it depends on what is declared. */
export interface PolicyWish {
  /** `aws`, `aws-us-gov`, `aws-cn`. */
  readonly partition: string
  /** Whether changes may be sent. */
  readonly execute: boolean
  /** ARNs of roles that are taken on. */
  readonly roles: readonly string[]
  /** Whether the master users' own secrets are read, and which others: names or ARNs. */
  readonly masterSecrets: boolean
  readonly secrets: readonly string[]
  /** Database users that log in with IAM tokens. */
  readonly iamUsers: readonly string[]
}

/** AWS permits these to everybody whose credentials hold; a policy cannot forbid them. */
const ALWAYS_PERMITTED: ReadonlySet<string> = new Set(['GetCallerIdentity'])

/** The kinds of resource that a change is made to, as the service authorization reference has them; ModifyCertificates has none. */
const CHANGED: Readonly<Record<ChangeApi, readonly string[]>> = {
  ModifyDBInstance: ['db'],
  ModifyDBCluster: ['cluster'],
  ApplyPendingMaintenanceAction: ['db', 'cluster'],
  ModifyCertificates: [],
}

const statement = (Sid: string, Action: readonly string[], Resource: readonly string[]): Statement[] =>
  Action.length === 0 || Resource.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource }]

/**
 * The smallest IAM policy with which everything works that is wished for. Reads are listings, which IAM permits for all resources or
 * none. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
 */
export function policyFor(wish: PolicyWish): Policy {
  const { partition, execute, roles, masterSecrets, secrets, iamUsers } = wish
  const arn = (service: string, rest: string): string => `arn:${partition}:${service}:*:*:${rest}`
  const reads = Object.entries(READS).filter(([operation]) => !ALWAYS_PERMITTED.has(operation))
  const secretArns = [
    ...(masterSecrets ? [arn('secretsmanager', 'secret:rds!*')] : []),
    // AWS adds six characters of its own to the name of a secret.
    ...secrets.map((one) => (one.startsWith('arn:') ? one : arn('secretsmanager', `secret:${one}-??????`))),
  ]
  return {
    Version: '2012-10-17',
    Statement: [
      ...statement(
        'Look',
        reads.map(([operation, service]) => `${service}:${operation}`),
        ['*'],
      ),
      ...statement('TakeOnRoles', ['sts:AssumeRole'], roles),
      ...statement('ReadLogIns', ['secretsmanager:GetSecretValue'], secretArns),
      ...statement(
        'LogIn',
        ['rds-db:connect'],
        iamUsers.map((user) => arn('rds-db', `dbuser:*/${user}`)),
      ),
      ...(execute
        ? CHANGE_APIS.flatMap((api) =>
            statement(
              api,
              [`rds:${api}`],
              CHANGED[api].length === 0 ? ['*'] : CHANGED[api].map((kind) => arn('rds', `${kind}:*`)),
            ),
          )
        : []),
    ],
  }
}
