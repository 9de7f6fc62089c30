import { applicationsOf } from '../config/applications.ts'
import type { Config } from '../config/schema.ts'
import type { TrustStoreLocation } from '../ports/trust-stores.ts'
import { canonical } from '../rules/words.ts'
import type { AskPassword } from '../tls/stores/passwords.ts'
import { askHidden } from '../ui/plain/ask-hidden.ts'
import { terminalOf } from '../ui/terminal.ts'

/** What was typed for this session: of databases by their names, of trust stores by how they are declared. */
export interface Typed {
  readonly logIns: ReadonlyMap<string, string>
  readonly stores: ReadonlyMap<string, string>
}

export const NOTHING_TYPED: Typed = { logIns: new Map(), stores: new Map() }

const keyOf = (location: TrustStoreLocation): string => canonical(location)

/** Every trust store whose password is declared as typed, once, with one of the applications that load it. */
const storesToAsk = (config: Config): ReadonlyMap<string, string> =>
  new Map(
    [...applicationsOf(config).values()].flatMap(({ name, trustStores }) =>
      trustStores
        .filter((one) => 'password' in one && one.password === 'prompt')
        .map((one) => [keyOf(one), `${'path' in one ? one.path : one.kind} of ${name}`] as const),
    ),
  )

/**
 * Asks for the passwords that the configuration says are typed, once each, before a screen is drawn. They are kept in memory for this
 * session and written nowhere. Where nobody can type, there are none, and the step that needs one says so.
 */
export async function askPasswords(config: Config, signal: AbortSignal): Promise<Typed> {
  const { stdinTty, stdoutTty } = terminalOf(process, process.env)
  if (!stdinTty || !stdoutTty) return NOTHING_TYPED
  const logIns = new Map<string, string>()
  for (const [name, { login }] of Object.entries(config.databases)) {
    if (login?.from !== 'prompt') continue
    const question = `Password of ${login.user} on ${name} (not shown, not saved; Enter: no log-in): `
    const password = await askHidden(question, process, signal)
    if (password !== undefined) logIns.set(name, password)
  }
  const stores = new Map<string, string>()
  for (const [key, name] of storesToAsk(config)) {
    const question = `Password of the trust store ${name} (not shown, not saved; Enter: none): `
    const password = await askHidden(question, process, signal)
    if (password !== undefined) stores.set(key, password)
  }
  return { logIns, stores }
}

/** The passwords that were typed before, for the reader of trust stores: it is told each once. */
export const typedFor =
  ({ stores }: Typed): AskPassword =>
  async (_store, again, location) =>
    again ? undefined : stores.get(keyOf(location))
