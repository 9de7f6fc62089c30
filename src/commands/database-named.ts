import { qualifiedName } from '../config/names.ts'
import { calledBy } from '../rules/step.ts'
import type { Session, SessionDatabase } from '../ui/session.ts'
import { EXIT } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'

/** The database that an argument names, by `account/region/name` or by its name where no other has it. Throws OperatorError. */
export function databaseNamed({ databases }: Pick<Session, 'databases'>, name: string): SessionDatabase {
  const found = databases.filter(({ desk: { about } }) => [about.name, qualifiedName(about)].includes(name))
  const [first, another] = found
  if (!first)
    throw new OperatorError(
      EXIT.usage,
      `AWS lists no database named ${name} here. Nothing was done. "status" names those that there are.`,
    )
  if (another)
    throw new OperatorError(
      EXIT.usage,
      `There are ${found.length} databases named ${name}. Nothing was done. Say which: ${found.map(({ desk }) => calledBy(desk.about)).join(' or ')}.`,
    )
  return first
}
