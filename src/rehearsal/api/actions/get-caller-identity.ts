import type { Action } from '../action.ts'

/** STS GetCallerIdentity. */
export const getCallerIdentity: Action = (call) => ({
  result: {
    Arn: `arn:aws:iam::${call.account}:user/rehearsal`,
    UserId: 'AIDAREHEARSAL',
    Account: call.account,
  },
})
