import type { About } from '../rules/step.ts'
import { subjectKey, type Subject } from '../rules/words.ts'

/** What a configuration calls databases, and which of those that are there each name means. */
export interface Names {
  /** The database that a name means; undefined where there is none, or more than one. */
  subjectOf(name: string): Subject | undefined
  /** What this database may be called: `account/region/name`, and its name alone where no other has it. */
  namesOf(about: About): readonly string[]
  /** Whether there are several of that name, so that it means none of them. */
  isAmbiguous(name: string): boolean
}

/** The account that a world is of. */
export const accountIn = (world: string): string => world.slice(world.lastIndexOf('|') + 1)

/** `account/region/name`: tells databases of one name in several accounts or Regions from each other. */
export const qualifiedName = ({ subject, name }: About): string =>
  `${accountIn(subject.world)}/${subject.region ?? ''}/${name}`

/** The names of these databases. Two of one name, in other accounts or Regions, are never taken for each other. */
export function namesOf(databases: readonly About[]): Names {
  const meant = new Map<string, Map<string, Subject>>()
  for (const about of databases)
    for (const name of [about.name, qualifiedName(about)]) {
      const subjects = meant.get(name) ?? new Map<string, Subject>()
      meant.set(name, subjects.set(subjectKey(about.subject), about.subject))
    }
  const isAmbiguous = (name: string): boolean => (meant.get(name)?.size ?? 0) > 1
  return {
    isAmbiguous,
    subjectOf(name) {
      const [subject] = isAmbiguous(name) ? [] : (meant.get(name)?.values() ?? [])
      return subject
    },
    namesOf: (about) => [qualifiedName(about), ...(isAmbiguous(about.name) ? [] : [about.name])],
  }
}
