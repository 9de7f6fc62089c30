import { environmentCredentials } from '../sql/environment-credentials.ts'
import type { Session } from '../ui/session.ts'
import { askPasswords, NOTHING_TYPED, type Typed } from './ask-passwords.ts'
import { asksFor, configFileOf, configOf, connections, fileOf, type CommonFlags } from './common.ts'
import { discoveryProgress } from './discovery-progress.ts'
import type { ExitCode } from './exit-codes.ts'
import { attendTo } from './front.ts'
import { accountBadge, openSession, REAL_PATIENCE } from './open-session.ts'
import { whereToLook } from './where-to-look.ts'

/** The session on a real account (or whatever AWS_ENDPOINT_URL points to), as the flags say. */
export function accountSession(
  flags: CommonFlags,
  signal: AbortSignal,
  typed: Typed = NOTHING_TYPED,
): Promise<Session> {
  const config = configOf(flags)
  return openSession({
    stateDir: flags.stateDir,
    config,
    configFile: configFileOf(flags),
    places: whereToLook(flags, config),
    connect: connections(flags),
    ...(flags.bundleUrl && { bundleUrl: flags.bundleUrl }),
    ...(flags.bundleCa && { bundleCa: fileOf('--bundle-ca', flags.bundleCa) }),
    execute: flags.execute === true,
    credentials: environmentCredentials(),
    typed,
    patience: REAL_PATIENCE,
    remedies: [],
    notices: [],
    worldName: accountBadge,
    tell: discoveryProgress(process.stderr),
    signal,
  })
}

/** `rds-ca-runbook`: the wizard. */
export async function wizard(flags: CommonFlags, signal: AbortSignal): Promise<ExitCode> {
  const typed = asksFor(flags) === 'json' ? undefined : await askPasswords(configOf(flags), signal)
  return attendTo(await accountSession(flags, signal, typed), asksFor(flags), signal)
}
