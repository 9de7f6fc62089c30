/** A halt to the waves of a session: it holds for every account and endpoint of it, in every process on the same state directory. */
import type { Halt } from '../../rules/record.ts'
import { haltOf, haltWaves, resumeWaves } from '../../runner/halt.ts'
import type { Session } from '../session.ts'

/** The accounts and endpoints of a session's databases, each once. */
const worldsOf = (session: Session): readonly string[] => [
  ...new Set(session.databases.map(({ desk }) => desk.about.subject.world)),
]

const progressOf = ({ databases: [first] }: Session) => first?.desk.deps.progress

/** The halt that is in force, if one is. Throws ProgressUnusable, as do the others. */
export async function haltIn(session: Session): Promise<Halt | undefined> {
  const progress = progressOf(session)
  return progress && haltOf(progress, worldsOf(session))
}

export async function haltAll(session: Session, why: string): Promise<void> {
  const progress = progressOf(session)
  if (progress) await haltWaves(progress, worldsOf(session), why)
}

export async function resumeAll(session: Session): Promise<void> {
  const progress = progressOf(session)
  if (progress) await resumeWaves(progress, worldsOf(session))
}

export const HALTED = 'Halted: what is under way is followed to its end, and nothing more of any wave is begun.'

export const haltedBy = ({ by, why }: Halt): string => `HALTED by ${by.user}@${by.host}: ${why}`
