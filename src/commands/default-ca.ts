import { CannotAsk } from '../ports/control-plane.ts'
import type { Desk } from '../runner/desk.ts'
import { asksFor, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { attendTo } from './front.ts'
import { OperatorError } from './operator-error.ts'
import { accountSession } from './wizard.ts'

export interface DefaultCaFlags extends CommonFlags {
  /** The CA that new databases should get. Without it, it is decided on screen. */
  readonly to?: string
}

/**
 * `default-ca`: the CA that new databases get, of each account and Region that is looked in: shown, and changed as any change is, once the
 * account and Region were typed for exactly this request. A CA that a Region does not list is refused before anything is decided.
 */
export async function defaultCa(flags: DefaultCaFlags, signal: AbortSignal): Promise<ExitCode> {
  const session = await accountSession(flags, signal)
  const databases = session.accountDefaults ?? []
  if (flags.to !== undefined) for (const { desk } of databases) await refuseUnlisted(desk, flags.to, signal)
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

/** Throws OperatorError where AWS lists other CAs in an account and Region, before anything is decided in any. */
async function refuseUnlisted({ about, deps }: Desk, to: string, signal: AbortSignal): Promise<void> {
  const { control } = await deps.worlds.open(about.subject)
  const listed = await control.cas(signal).catch((error: unknown) => {
    // Step 01 says so itself, with its cure.
    if (error instanceof CannotAsk) return undefined
    throw error
  })
  if (!listed || listed.some(({ id }) => id === to)) return
  throw new OperatorError(
    EXIT.usage,
    `--to ${to}: AWS lists no such CA in ${about.name}. It lists ${listed.map(({ id }) => id).join(', ') || 'none'}. Nothing was decided, in no account and Region, and nothing was sent.`,
  )
}
