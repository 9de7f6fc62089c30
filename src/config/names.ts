import type { Twin } from '../rules/decisions.ts'
import type { About } from '../rules/step.ts'
import { clusterTwin } from '../rules/twins.ts'
import { accountIn, subjectKey, type Subject } from '../rules/words.ts'

/** What a configuration calls databases, and which of those that are there each name means. */
export interface Names {
  /** The database that a name means; undefined where there is none, or more than one. */
  subjectOf(name: string): Subject | undefined
  /** What stands under a name: a database, or an Aurora cluster as a whole. Undefined as with {@link subjectOf}. */
  standingFor(name: string): Twin | undefined
  /**
   * What is declared under these names is declared of this database: `account/region/name`, and its name alone where no other has it;
   * then, less closely, the names of its cluster.
   */
  namesOf(about: About): readonly string[]
  /** Whether there are several of that name, so that it means none of them. */
  isAmbiguous(name: string): boolean
}

/** A database, and the Aurora cluster that it is a member of. */
export interface NamedDatabase extends About {
  readonly cluster?: string | undefined
}

const placeOf = ({ subject }: Pick<About, 'subject'>): string => `${accountIn(subject.world)}/${subject.region ?? ''}`

/** `account/region/name`: tells databases of one name in several accounts or Regions from each other. */
export const qualifiedName = (about: About): string => `${placeOf(about)}/${about.name}`

/** Says of a name that it is a cluster's: an instance may have the same one. */
const CLUSTER = 'cluster:'

/** What a cluster may be called, the closest first. An instance of its name goes before it where the name does not say `cluster:`. */
const namesOfCluster = (place: string, cluster: string): readonly string[] => [
  `${place}/${CLUSTER}${cluster}`,
  `${place}/${cluster}`,
  `${CLUSTER}${cluster}`,
  cluster,
]

/** What declares a database, where it is not known what else there is: its own names and its cluster's. */
export const namesAlone = (database: NamedDatabase): readonly string[] => [
  qualifiedName(database),
  database.name,
  ...(database.cluster === undefined ? [] : namesOfCluster(placeOf(database), database.cluster)),
]

/** The names of these databases. Two of one name, in other accounts or Regions, are never taken for each other. */
export function namesOf(databases: readonly NamedDatabase[]): Names {
  const meant = new Map<string, Map<string, Subject>>()
  for (const about of databases)
    for (const name of [about.name, qualifiedName(about)]) {
      const subjects = meant.get(name) ?? new Map<string, Subject>()
      meant.set(name, subjects.set(subjectKey(about.subject), about.subject))
    }
  const clusters = clustersOf(databases)
  const clusterOf = new Map(
    databases.flatMap((one) => (one.cluster === undefined ? [] : [[subjectKey(one.subject), one.cluster]])),
  )
  const isAmbiguous = (name: string): boolean => ((meant.get(name) ?? clusters.get(name))?.size ?? 0) > 1
  const subjectOf = (name: string): Subject | undefined => {
    const [subject] = isAmbiguous(name) ? [] : (meant.get(name)?.values() ?? [])
    return subject
  }
  return {
    isAmbiguous,
    subjectOf,
    standingFor(name) {
      const subject = subjectOf(name)
      if (subject) return { subject, name: nameIn(name) }
      const [cluster] = isAmbiguous(name) ? [] : (clusters.get(name)?.values() ?? [])
      return cluster
    },
    namesOf(about) {
      const cluster = clusterOf.get(subjectKey(about.subject))
      const inherited = cluster === undefined ? [] : namesOfCluster(placeOf(about), cluster)
      return [
        qualifiedName(about),
        ...(isAmbiguous(about.name) ? [] : [about.name]),
        ...inherited.filter((name) => !meant.has(name) && !isAmbiguous(name)),
      ]
    },
  }
}

/** Every cluster under each of its names. */
function clustersOf(databases: readonly NamedDatabase[]): ReadonlyMap<string, ReadonlyMap<string, Twin>> {
  const groups = Map.groupBy(
    databases.filter(({ cluster }) => cluster !== undefined),
    (one) => `${one.subject.world} ${placeOf(one)}/${one.cluster ?? ''}`,
  )
  const named = new Map<string, Map<string, Twin>>()
  for (const [key, members] of groups) {
    const [first] = members
    if (first?.cluster === undefined) continue
    const twin = clusterTwin(first.cluster, [first, ...members.slice(1)])
    for (const name of namesOfCluster(placeOf(first), first.cluster))
      named.set(name, (named.get(name) ?? new Map<string, Twin>()).set(key, twin))
  }
  return named
}

/** The name that AWS knows, of a name that may say account and Region too. */
const nameIn = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
