import type { Identity } from '../ports/control-plane.ts'
import { notAnAnswer } from './cannot-ask.ts'
import type { Questions } from './questions.ts'

/** Who asks. AWS permits it to everybody whose credentials hold. */
export async function identityOf(questions: Questions, signal: AbortSignal | undefined): Promise<Identity> {
  const { Account: account, Arn: arn } = await questions.ask('GetCallerIdentity', signal, (sdk, { sts }, http) =>
    sts.send(new sdk.GetCallerIdentityCommand({}), http),
  )
  if (!account || !arn) throw notAnAnswer('GetCallerIdentity')
  return { account, arn }
}
