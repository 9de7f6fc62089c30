import { policyFor, type PolicyWish } from '../aws/policy.ts'
import type { Config } from '../config/schema.ts'
import { configOf, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

export interface PolicyFlags extends CommonFlags {
  readonly partition?: string
}

/** `iam-policy`: the smallest IAM policy for looking, or with `--execute` for sending changes too, by what the configuration declares. */
export async function iamPolicy(flags: PolicyFlags): Promise<ExitCode> {
  const wish = {
    partition: flags.partition ?? 'aws',
    execute: flags.execute === true,
    ...declaredWishes(configOf(flags)),
  }
  output.line(JSON.stringify(policyFor(wish), undefined, 2))
  return EXIT.done
}

/** What the declared accounts and log-ins need beside the listings. */
export function declaredWishes({ accounts, databases }: Config): Omit<PolicyWish, 'partition' | 'execute'> {
  const logIns = Object.values(databases).flatMap(({ login }) => (login ? [login] : []))
  const secrets = logIns.flatMap((one) => (one.from === 'secret' ? [one.secret] : []))
  const named = secrets.filter((one) => one !== undefined)
  return {
    roles: [...new Set(accounts.flatMap(({ role }) => (role === undefined ? [] : [role])))],
    masterSecrets: secrets.length > named.length,
    secrets: [...new Set(named)],
    iamUsers: [...new Set(logIns.flatMap((one) => (one.from === 'iam' ? [one.user] : [])))],
  }
}
