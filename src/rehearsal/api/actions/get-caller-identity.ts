import { ACCOUNTS, assumedKey, partitionOf } from '../../world.ts'
import type { Action } from '../action.ts'
import { required } from '../call.ts'
import { denied, invalidValue } from '../wire-error.ts'

const HOUR = 60 * 60_000

/** STS GetCallerIdentity. */
export const getCallerIdentity: Action = ({ account, region }) => ({
  result: {
    Arn: `arn:${partitionOf(region)}:iam::${account}:user/rehearsal`,
    UserId: 'AIDAREHEARSAL',
    Account: account,
  },
})

/** STS AssumeRole: any role of an account of the same partition. The key that it gives is that account's. */
export const assumeRole: Action = (call, { pace }) => {
  const arn = required(call, 'RoleArn')
  const session = required(call, 'RoleSessionName')
  const [, partition, account = '', role = ''] = /^arn:([\w-]+):iam::(\d{12}):role\/(.+)$/.exec(arn) ?? []
  if (partition === undefined) throw invalidValue(`${arn} is invalid`)
  const known = ACCOUNTS.find(({ id }) => id === account)
  if (known?.partition !== partitionOf(call.region)) throw denied(call, 'sts:AssumeRole', arn)
  return {
    result: {
      Credentials: {
        AccessKeyId: assumedKey(account),
        SecretAccessKey: 'rehearsal',
        SessionToken: 'rehearsal',
        Expiration: new Date(pace.now + HOUR),
      },
      AssumedRoleUser: {
        AssumedRoleId: `AROAREHEARSAL:${session}`,
        Arn: `arn:${partition}:sts::${account}:assumed-role/${role}/${session}`,
      },
    },
  }
}
