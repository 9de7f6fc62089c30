/** The policy that is printed names the calls that the program can make: those that it imports from the SDK, and no others. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { READS } from '../../src/aws/operations.ts'
import { policyFor, type PolicyWish } from '../../src/aws/policy.ts'
import { declaredWishes } from '../../src/commands/iam-policy.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import { CHANGE_APIS } from '../../src/rules/change.ts'
import { ROOT } from '../support/import-graph.ts'

const folder = join(ROOT, 'src', 'aws')
const sources = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

/** What is taken from SDK packages as values, by package. Types cannot send anything. */
const taken = sources.flatMap(({ text }) =>
  [...text.matchAll(/^(?:export|import) (?!type )\{([^}]*)\} from '@aws-sdk\/([\w-]+)'/gm)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '' && !one.startsWith('type '))
        .map((one) => ({ one, from })),
  ),
)

const PREFIX: Readonly<Record<string, string>> = {
  'client-rds': 'rds',
  'client-sts': 'sts',
  'client-iam': 'iam',
  'client-account': 'account',
  'client-cloudtrail': 'cloudtrail',
  'client-secrets-manager': 'secretsmanager',
}

/** The calls that can be made with what was taken: a command or a paginator each; and those that are made by other means. */
const calls = new Set(
  taken.flatMap(({ one, from }) => {
    const operation = /^(\w+)Command$/.exec(one)?.[1] ?? /^paginate(\w+)$/.exec(one)?.[1]
    if (operation !== undefined) return [`${PREFIX[from] ?? from}:${operation}`]
    if (one === 'fromTemporaryCredentials') return ['sts:AssumeRole']
    if (one === 'Signer') return ['rds-db:connect']
    return /^(\w+Client|fromNodeProviderChain)$/.test(one) ? [] : [`unknown: ${one} of ${from}`]
  }),
)

const EVERYTHING: PolicyWish = {
  partition: 'aws',
  execute: true,
  roles: ['arn:aws:iam::123456789012:role/reader'],
  masterSecrets: true,
  secrets: ['orders'],
  iamUsers: ['census'],
}

const actionsOf = (wish: PolicyWish): string[] => policyFor(wish).Statement.flatMap(({ Action }) => Action)

describe('the calls that the program can make', () => {
  it('are exactly what the policy allows, and what AWS allows everybody', () => {
    expect([...actionsOf(EVERYTHING), 'sts:GetCallerIdentity'].sort()).toEqual([...calls].sort())
  })

  it('are taken from the SDK in src/aws and nowhere as a whole', () => {
    const whole = sources.filter(({ text }) => /import \* as \w+ from '@aws-sdk|import\('@aws-sdk/.test(text))
    expect(whole.map(({ name }) => name)).toEqual([])
  })

  it('are reads or changes, never both', () => {
    expect(Object.keys(READS).filter((one) => (CHANGE_APIS as readonly string[]).includes(one))).toEqual([])
    expect(Object.keys(READS).filter((one) => !/^(Describe|List|Get|Lookup)/.test(one))).toEqual([])
  })
})

describe('the policy', () => {
  const looking = { ...EVERYTHING, execute: false, roles: [], masterSecrets: false, secrets: [], iamUsers: [] }

  it('changes nothing unless changes are to be sent', () => {
    expect(actionsOf(looking).filter((one) => !/:(Describe|List|Lookup)/.test(one))).toEqual([])
  })

  it('holds what is declared beside the listings, and only that', () => {
    const config = parseConfig(
      `formatVersion: 1
accounts: [{ role: "arn:aws:iam::123456789012:role/reader" }, { profile: p }]
databases:
  a: { login: { from: secret } }
  b: { login: { from: secret, secret: orders } }
  c: { login: { from: iam, user: census } }
  d: { login: { from: environment } }`,
      'c.yaml',
    )
    expect(declaredWishes(config)).toEqual({
      roles: ['arn:aws:iam::123456789012:role/reader'],
      masterSecrets: true,
      secrets: ['orders'],
      iamUsers: ['census'],
    })
    const { Statement } = policyFor({ ...looking, ...declaredWishes(config), partition: 'aws-us-gov' })
    expect(Statement.slice(1).map(({ Sid, Resource }) => [Sid, ...Resource])).toEqual([
      ['TakeOnRoles', 'arn:aws:iam::123456789012:role/reader'],
      [
        'ReadLogIns',
        'arn:aws-us-gov:secretsmanager:*:*:secret:rds!*',
        'arn:aws-us-gov:secretsmanager:*:*:secret:orders-??????',
      ],
      ['LogIn', 'arn:aws-us-gov:rds-db:*:*:dbuser:*/census'],
    ])
  })

  it('fits into what IAM takes', () => {
    expect(JSON.stringify(policyFor(EVERYTHING)).length).toBeLessThan(6_144)
  })
})
