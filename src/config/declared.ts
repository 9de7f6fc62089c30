import type { Declared } from '../ports/declared.ts'
import type { DeclaredApplication } from '../ports/world.ts'
import type { Decisions } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import { digestOf, type Subject } from '../rules/words.ts'
import type { Config } from './schema.ts'

/** The applications of a configuration, as ports and steps know them. */
export function applicationsOf(config: Config): ReadonlyMap<string, DeclaredApplication> {
  return new Map(
    Object.entries(config.applications).map(([name, { check, owner, ...rest }]) => {
      const [program, ...args] = check ?? []
      const argv = program === undefined ? undefined : ([program, ...args] as const)
      return [name, { name, ...rest, ...(owner && { owner }), ...(argv && { check: { argv } }) }]
    }),
  )
}

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
        .map((one) => ({ name: one.name, verification: one.verification, users: one.users }))
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
      if (!application) return undefined
      const { verification, trustStores } = application
      return digestOf({ verification, trustStores })
    },
  }
}
