import type { Declared } from '../ports/declared.ts'
import type { Decisions, Environment, Twin } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import { sameSubject } from '../rules/words.ts'
import { applicationsOf, digestOfDeclaration, onRecord } from './applications.ts'
import type { Names } from './names.ts'
import type { Config } from './schema.ts'

/** What is declared of a database under any of its names: each member by the closest name that says it, so that what a cluster is declared as is inherited. */
export function declaredOf(config: Config, names: readonly string[]): Config['databases'][string] | undefined {
  const declared = names.flatMap((name) => config.databases[name] ?? [])
  return declared.length === 0 ? undefined : Object.assign({}, ...declared.toReversed())
}

/**
 * What a configuration declares about databases, by the names that they are called by there. Where it is not known which database a
 * twin's name means, the twin stays undecided, and its gate says so.
 */
export function declaredBy(config: Config, names: Names, environmentOf: EnvironmentOf = () => undefined): Declared {
  const applications = applicationsOf(config)

  const twinOf = (about: About, database: Config['databases'][string] | undefined): Decisions['twin'] | undefined => {
    // A staging database stands surety for itself unless it is declared to lean on another.
    if (database?.twin === undefined) return database?.environment === 'staging' ? 'none' : undefined
    if (database.twin === 'none') return 'none'
    const twin = names.standingFor(database.twin)
    return twin && !isPartOf(about, twin) ? twin : undefined
  }

  return {
    decisionsFor(about: About): Partial<Decisions> {
      const called = names.namesOf(about)
      const database = declaredOf(config, called)
      const environment = database?.environment ?? environmentOf(about)
      const twin = twinOf(about, { ...database, ...(environment && { environment }) })
      const own = [...applications.values()].flatMap((one) => {
        const name = called.find((each) => one.databases.includes(each))
        return name === undefined ? [] : [onRecord(one, name)]
      })
      return {
        ...(environment && { environment }),
        ...(database?.target && { target: { ca: database.target } }),
        ...(twin && { twin }),
        ...(database?.timing && { timing: database.timing }),
        // Nothing declared is no statement: "there are no applications" is typed, never assumed.
        ...(own.length > 0 && { applications: own }),
      }
    },
    applicationDigest(name) {
      const application = applications.get(name)
      return application && digestOfDeclaration(application)
    },
  }
}

/** The environment that something else than its own declaration says: its tags. */
export type EnvironmentOf = (about: About) => Environment | undefined

/** Whether a database would stand surety for itself: it is the twin, or a member of it. */
export const isPartOf = ({ subject }: About, twin: Twin): boolean =>
  [twin, ...(twin.members ?? [])].some((one) => sameSubject(one.subject, subject))
