import type { Declared } from '../ports/declared.ts'
import type { Decisions } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import type { Subject } from '../rules/words.ts'
import { applicationsOf, digestOfDeclaration, onRecord } from './applications.ts'
import type { Config } from './schema.ts'

/**
 * What a configuration declares about databases, by name. `subjectOf` finds the database that a twin's name means;
 * undefined where it is not known: then the twin stays undecided, and its gate says so.
 */
export function declaredBy(config: Config, subjectOf: (name: string) => Subject | undefined): Declared {
  const applications = applicationsOf(config)

  const twinOf = (name: string): Decisions['twin'] | undefined => {
    const database = config.databases[name]
    // A staging database stands surety for itself unless it is declared to lean on another.
    if (database?.twin === undefined) return database?.environment === 'staging' ? 'none' : undefined
    if (database.twin === 'none') return 'none'
    const subject = subjectOf(database.twin)
    return subject && { subject, name: database.twin }
  }

  return {
    decisionsFor({ name }: About): Partial<Decisions> {
      const database = config.databases[name]
      const twin = twinOf(name)
      const own = [...applications.values()]
        .filter((one) => one.databases.includes(name))
        .map((one) => onRecord(one, name))
      return {
        ...(database?.environment && { environment: database.environment }),
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
