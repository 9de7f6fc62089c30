import { readFile } from 'node:fs/promises'
import { CannotReadStore, type PasswordFrom, type TrustStoreLocation } from '../../ports/trust-stores.ts'

/** Asks a person, without showing what is typed; undefined: nobody is there, or they gave up. `again`: the last one was wrong. */
export type AskPassword = (store: string, again: boolean, location: TrustStoreLocation) => Promise<string | undefined>

/** Where the password of one store may come from. */
export interface PasswordSource {
  readonly location: TrustStoreLocation
  readonly declared: PasswordFrom | undefined
  readonly environment: NodeJS.ProcessEnv
  readonly ask: AskPassword | undefined
}

const ASKED_AT_MOST = 3

/** Java's own, which most trust stores keep, and none at all. */
const CUSTOMARY = ['changeit', '']

const sourceText = (from: Exclude<PasswordFrom, 'prompt'>): string =>
  'env' in from ? `the variable ${from.env}` : from.file

/** The declared password; undefined where none is declared, or it is to be typed. Throws {@link CannotReadStore} where it is declared and not there. */
export async function declaredPassword(
  location: string,
  { declared, environment }: PasswordSource,
): Promise<string | undefined> {
  if (!declared || declared === 'prompt') return undefined
  if ('env' in declared) {
    const password = environment[declared.env]
    if (password !== undefined) return password
    throw new CannotReadStore(
      'PASSWORD',
      `The password of the trust store ${location} is to come from the variable ${declared.env}, which is not set here. Set it, and look again.`,
    )
  }
  try {
    const [line = ''] = (await readFile(declared.file, 'utf8')).split(/\r?\n/, 1)
    return line
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_READ'
    throw new CannotReadStore(
      'PASSWORD',
      `The password of the trust store ${location} is to come from the file ${declared.file}, which cannot be read (${code}).`,
      { cause: error },
    )
  }
}

/**
 * Opens a store with the declared password; without one, with those that are customary, and then with one that a person types.
 * @param open undefined: it is the wrong one
 */
export async function withPassword<Opened>(
  location: string,
  source: PasswordSource,
  open: (password: string) => Opened | undefined,
): Promise<Opened> {
  const declared = await declaredPassword(location, source)
  const known = source.declared === 'prompt' ? [] : declared === undefined ? CUSTOMARY : [declared]
  for (const password of known) {
    const opened = open(password)
    if (opened !== undefined) return opened
  }
  if (source.declared && source.declared !== 'prompt')
    throw new CannotReadStore(
      'PASSWORD',
      `The password from ${sourceText(source.declared)} does not open the trust store ${location}: it is another one, or the file is damaged.`,
    )
  for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
    const typed = await source.ask?.(location, asked > 0, source.location)
    if (typed === undefined) break
    const opened = open(typed)
    if (opened !== undefined) return opened
  }
  throw new CannotReadStore(
    'PASSWORD',
    `The trust store ${location} has a password that nobody has given. Declare where it stands (password: { env: NAME } or { file: PATH }), or that it is typed (password: prompt); it is never saved.`,
  )
}
