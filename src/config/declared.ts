import type { Declared } from '../ports/declared.ts'
import type { Decisions, Environment } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import { applicationsOf, digestOfDeclaration, onRecord } from './applications.ts'
import type { Names } from './names.ts'
import type { Config } from './schema.ts'

/** What is declared of a database under any of its names. */
export const declaredOf = (config: Config, names: readonly string[]): Config['databases'][string] | undefined => {
  const name = names.find((one) => config.databases[one] !== undefined)
  return name === undefined ? undefined : config.databases[name]
}

/**
 * What a configuration declares about databases, by the names that they are called by there. Where it is not known which database a
 * twin's name means, the twin stays undecided, and its gate says so.
 */
export function declaredBy(config: Config, names: Names, environmentOf: EnvironmentOf = () => undefined): Declared {
  const applications = applicationsOf(config)

  const twinOf = (database: Config['databases'][string] | undefined): Decisions['twin'] | undefined => {
    // A staging database stands surety for itself unless it is declared to lean on another.
    if (database?.twin === undefined) return database?.environment === 'staging' ? 'none' : undefined
    if (database.twin === 'none') return 'none'
    const subject = names.subjectOf(database.twin)
    return subject && { subject, name: nameIn(database.twin) }
  }

  return {
    decisionsFor(about: About): Partial<Decisions> {
      const called = names.namesOf(about)
      const database = declaredOf(config, called)
      const environment = database?.environment ?? environmentOf(about)
      const twin = twinOf({ ...database, ...(environment && { environment }) })
      const own = [...applications.values()].flatMap((one) => {
        const name = called.find((each) => one.databases.includes(each))
        return name === undefined ? [] : [onRecord(one, name)]
      })
      return {
        ...(environment && { environment }),
        ...(database?.target && { target: { ca: database.target } }),
        ...(twin && { twin }),
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

/** The name that AWS knows, of a name that may say account and Region too. */
const nameIn = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
