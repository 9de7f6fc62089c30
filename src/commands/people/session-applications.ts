import { applicationsOf } from '../../config/applications.ts'
import type { DeclaredApplication } from '../../ports/world.ts'
import type { AskedRoot } from '../../rules/asking.ts'
import type { Session } from '../../ui/session.ts'
import { configOf, type CommonFlags } from '../common.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'
import { savedProgress } from '../open-session.ts'
import { savedSession } from '../saved-session.ts'
import { proposedFor } from '../../runner/proposals.ts'
import type { SavedProgress } from '../../runner/deps.ts'
import {
  applicationsOfSession,
  rootsOnDisk,
  type ApplicationOfSession,
  type OfApplication,
} from './asked-applications.ts'

/** What the commands about people work on: saved progress and the configuration. They ask AWS nothing. */
export interface PeopleSession {
  readonly session: Session
  readonly progress: SavedProgress
  readonly declared: ReadonlyMap<string, DeclaredApplication>
  readonly applications: readonly ApplicationOfSession[]
  readonly rootsOf: (database: OfApplication) => Promise<readonly AskedRoot[]>
}

/** A target that nobody has decided is taken as 01 proposes it: what would break by it is what people are to be told. */
export function assumeProposed({ databases }: Pick<Session, 'databases'>): void {
  for (const { desk } of databases) {
    const target = desk.decided.target === undefined ? proposedFor(desk, 'target') : undefined
    if (target) desk.assume({ target })
  }
}

/** Throws OperatorError where no application is declared: there is nobody to ask. */
export async function peopleSession(flags: CommonFlags): Promise<PeopleSession> {
  const declared = applicationsOf(configOf(flags))
  if (declared.size === 0)
    throw new OperatorError(
      EXIT.usage,
      'No application is declared: name them, with their databases and owners, under applications in the configuration (--config).',
    )
  const session = await savedSession(flags)
  assumeProposed(session)
  const progress = savedProgress(flags.stateDir)
  return { session, progress, declared, applications: applicationsOfSession(session, declared), rootsOf: rootsOnDisk }
}

/** What is to be done before the people of these applications can be asked. */
export const notOnRecord = (names: readonly string[]): string =>
  `No database of ${names.join(', ')} is on record yet: look at 01 and 03 of one first (Enter in the wizard, or plan).`

/** The accounts' applications of a name. Throws OperatorError when it is not declared, or none of its databases is on record. */
export function named({ applications, declared }: PeopleSession, name: string): readonly ApplicationOfSession[] {
  if (!declared.has(name))
    throw new OperatorError(
      EXIT.usage,
      `There is no application "${name}". Declared are: ${[...declared.keys()].join(', ')}.`,
    )
  const found = applications.filter((one) => one.declared.name === name)
  if (found.length === 0) throw new OperatorError(EXIT.closed, notOnRecord([name]))
  return found
}
