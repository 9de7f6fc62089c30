import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { withApplication } from '../config/declare-application.ts'
import { ConfigUnusable } from '../config/read-config.ts'
import type { Config } from '../config/schema.ts'
import type { DeclaredOnScreen } from '../ports/declared.ts'
import { CannotReadStore } from '../ports/trust-stores.ts'
import { calledBy } from '../rules/step.ts'
import type { Desk } from '../runner/desk.ts'
import type { ApplicationTyped, Session } from '../ui/session.ts'
import { OperatorError } from './operator-error.ts'
import { givenStore } from './trust-stores/given-store.ts'

const NONE = '-'

async function declaredAs({ name, owner, verification, users, store }: ApplicationTyped): Promise<DeclaredOnScreen> {
  const listed =
    users === NONE
      ? []
      : users
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean)
  const stores = store === NONE || store === '' ? {} : { trustStore: await givenStore(store) }
  return { name, owner, verification, users: listed, ...stores }
}

/** Beside it and renamed: whoever reads it meanwhile finds the old one or the new one, whole. */
function replace(file: string, text: string): void {
  const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o644
  const beside = `${file}.${randomUUID()}`
  try {
    writeFileSync(beside, text, { flag: 'wx', mode })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

const isSentence = (error: unknown): error is Error =>
  error instanceof ConfigUnusable ||
  error instanceof OperatorError ||
  error instanceof CannotReadStore ||
  (error instanceof Error && 'syscall' in error)

/**
 * Declares applications in the configuration file of a session. What is not right is said, and the file is as it was.
 * @param taken what is to be done with the configuration as it is then
 */
export function declaringIn(file: string, taken: (config: Config) => void): NonNullable<Session['declare']> {
  return async (desk: Desk, typed) => {
    try {
      const application = await declaredAs(typed)
      // Read anew: an editor may have written to it since.
      const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined
      const after = withApplication(text, file, calledBy(desk.about), application)
      replace(file, after.text)
      taken(after.config)
      await desk.rotate()
      // The application has a journal of its own, which may be there already.
      await desk.refresh()
      return { done: true, says: `${typed.name} is declared for ${calledBy(desk.about)}, in ${file}.` }
    } catch (error) {
      if (!isSentence(error)) throw error
      return { done: false, says: `Nothing was declared. ${error.message}` }
    }
  }
}
