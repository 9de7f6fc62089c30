import { asksFor, type CommonFlags } from './common.ts'
import type { ExitCode } from './exit-codes.ts'
import { attendTo } from './front.ts'
import { accountSession } from './wizard.ts'

export interface DefaultCaFlags extends CommonFlags {
  /** The CA that new databases should get. Without it, it is decided on screen. */
  readonly to?: string
}

/**
 * `default-ca`: the CA that new databases get, of each account and Region that is looked in: shown, and changed as any change is, once the
 * account and Region were typed for exactly this request.
 */
export async function defaultCa(flags: DefaultCaFlags, signal: AbortSignal): Promise<ExitCode> {
  const session = await accountSession(flags, signal)
  const databases = session.accountDefaults ?? []
  for (const { desk } of databases) {
    await desk.hold('looking at the default CA')
    try {
      await desk.refresh()
      const present = desk.rotation
      // What was finished is looked at anew: the default may have been changed since.
      if (!present || present.end) await desk.begin('account-default')
      if (flags.to !== undefined && desk.decided.target?.ca !== flags.to)
        await desk.decide('target', { ca: flags.to }, 'default-ca --to')
    } finally {
      desk.release()
    }
  }
  return attendTo({ ...session, databases }, asksFor(flags), signal)
}
