import { applicationsOf } from '../config/applications.ts'
import { declaredBy, type EnvironmentOf } from '../config/declared.ts'
import type { Names } from '../config/names.ts'
import type { Config } from '../config/schema.ts'
import type { Declared } from '../ports/declared.ts'
import type { DeclaredApplication } from '../ports/world.ts'

/** What the configuration of a session declares: of now, since an application may be declared while it runs. */
export interface Declarations {
  readonly declared: Declared
  applications(): ReadonlyMap<string, DeclaredApplication>
  /** Goes by another configuration from now on. */
  take(config: Config): void
}

export function declarationsOf(config: Config, names: Names, environmentOf: EnvironmentOf): Declarations {
  const of = (one: Config) => ({
    declared: declaredBy(one, names, environmentOf),
    applications: applicationsOf(one),
  })
  let present = of(config)
  return {
    declared: {
      decisionsFor: (about) => present.declared.decisionsFor(about),
      applicationDigest: (name) => present.declared.applicationDigest(name),
    },
    applications: () => present.applications,
    take(after) {
      present = of(after)
    },
  }
}
