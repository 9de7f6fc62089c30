import type { Config } from '../config/schema.ts'
import { askHidden } from '../ui/plain/ask-hidden.ts'
import { terminalOf } from '../ui/terminal.ts'

/**
 * Asks for the passwords that the configuration says are typed, once each, before a screen is drawn. They are kept in memory for this
 * session and written nowhere. Where nobody can type, there are none, and 02 says that there is no log-in.
 */
export async function askLogIns(config: Config, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const typed = new Map<string, string>()
  const { stdinTty, stdoutTty } = terminalOf(process, process.env)
  if (!stdinTty || !stdoutTty) return typed
  for (const [name, { login }] of Object.entries(config.databases)) {
    if (login?.from !== 'prompt') continue
    const question = `Password of ${login.user} on ${name} (not shown, not saved; Enter: no log-in): `
    const password = await askHidden(question, process, signal)
    if (password !== undefined) typed.set(name, password)
  }
  return typed
}
