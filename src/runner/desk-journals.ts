import type { Journal } from '../ports/progress.ts'
import { decisionsOf } from '../rules/decided.ts'
import type { Decisions } from '../rules/decisions.ts'
import type { Body } from '../rules/entries.ts'
import { presentRotation, type SubjectRecord } from '../rules/record.ts'
import type { About } from '../rules/step.ts'
import { subjectKey, type Subject } from '../rules/words.ts'
import type { RunnerDeps } from './deps.ts'

export type SubjectJournal = Journal<Body, SubjectRecord>

/** The subject of a Region's bundle, and of an application, in a database's world. */
export const bundleSubject = ({ world, region }: Subject): Subject => ({
  kind: 'bundle',
  world,
  ...(region && { region }),
  id: 'bundle',
})
export const applicationSubject = ({ world }: Subject, name: string): Subject => ({
  kind: 'application',
  world,
  id: name,
})

/** The databases that the same clients may land on, as the last look at them saw. */
export function peersOf({ runbook }: RunnerDeps, about: About, { evidence }: SubjectRecord): readonly About[] {
  return Object.entries(evidence).flatMap(([id, { facts }]) => {
    const step = runbook.steps[id]
    const seen = step?.peers && step.parse(facts)
    return (seen && step.peers?.(seen, about)) ?? []
  })
}

/** Every subject whose evidence this database's assessment can need, itself first. */
function subjectsOf(deps: RunnerDeps, about: About, record: SubjectRecord, decided: Partial<Decisions>): Subject[] {
  const of = (database: About, decisions: Partial<Decisions>): Subject[] => [
    database.subject,
    bundleSubject(database.subject),
    ...(decisions.applications ?? []).map(({ name }) => applicationSubject(database.subject, name)),
  ]
  const twin = decided.twin && decided.twin !== 'none' ? decided.twin : undefined
  const others = [...(twin ? [twin, ...(twin.members ?? [])] : []), ...peersOf(deps, about, record)]
  return [...of(about, decided), ...others.flatMap((other) => of(other, deps.declared.decisionsFor(other)))]
}

/** The journals that a database's assessment can need, those that are open already among them. Throws ProgressUnusable. */
export async function openJournals(
  deps: RunnerDeps,
  about: About,
  opened: ReadonlyMap<string, SubjectJournal>,
): Promise<ReadonlyMap<string, SubjectJournal>> {
  const journals = new Map(opened)
  const open = async (subject: Subject): Promise<SubjectJournal> => {
    const key = subjectKey(subject)
    const journal = journals.get(key) ?? (await deps.progress.open(subject))
    journals.set(key, journal)
    return journal
  }
  const own = await open(about.subject)
  const decided = decisionsOf(deps.runbook.defaults, presentRotation(own.state), deps.declared.decisionsFor(about))
  for (const subject of subjectsOf(deps, about, own.state, decided)) await open(subject)
  return journals
}
