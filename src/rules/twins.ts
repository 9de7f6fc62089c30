/** Which staging databases could stand surety for a database, found by tags and names. Proposed here, confirmed by a person once. */
import type { Environment, Twin } from './decisions.ts'
import type { About } from './step.ts'
import { subjectKey, type Subject } from './words.ts'

/** A database as the list of the fleet knows it. */
export interface Listed {
  readonly about: About
  readonly engine: string
  /** The Aurora cluster that it is a member of. */
  readonly clusterId?: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly environment: Environment
}

export interface TwinProposal {
  readonly twin: Twin
  /** Tags that are the same, by name, and whether the names are the same but for their environment. */
  readonly sameTags: readonly string[]
  readonly sameName: boolean
  readonly engine: string
  readonly proposed: boolean
}

const ENVIRONMENT_WORDS =
  /^(prod|production|prd|live|staging|stage|stg|test|tst|dev|development|qa|uat|preprod|sandbox|nonprod)\d*$/

/** A name without what says which environment it is of, and without its number in a cluster. */
const stem = (name: string): string =>
  name
    .toLowerCase()
    .split(/[-_.]/)
    .filter((word) => !ENVIRONMENT_WORDS.test(word) && !/^\d+$/.test(word))
    .join('-')

/** Tags that say nothing of what a database is for. */
const OF_EVERYTHING = /^(aws:|name$|env|stage$|managed|terraform|created|rehearsal$|cost)/i

/** A cluster whose members carry the CA stands as one; anything else stands for itself. */
interface Group {
  readonly twin: Twin
  readonly first: Listed
}

function groupsOf(all: readonly Listed[]): Group[] {
  const groups = new Map<string, Listed[]>()
  for (const one of all) {
    const { subject } = one.about
    const key = one.clusterId === undefined ? subjectKey(subject) : subjectKey(clusterOf(subject, one.clusterId))
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members
    if (!first) return []
    const { subject, name } = first.about
    if (first.clusterId === undefined) return [{ first, twin: { subject, name } }]
    return [{ first, twin: clusterTwin(first.clusterId, [first.about, ...members.slice(1).map(({ about }) => about)]) }]
  })
}

/** A cluster as what stands surety: all its members, in the order of their names, so that listing them otherwise changes nothing. */
export function clusterTwin(clusterId: string, members: readonly [About, ...About[]]): Twin {
  const abouts = members
    .map(({ subject, name }) => ({ subject, name }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return { subject: clusterOf(members[0].subject, clusterId), name: clusterId, members: abouts }
}

/** What a cluster is known as where only its members are listed: evidence is about these, and each has an id that AWS never reuses. */
const clusterOf = (member: Subject, clusterId: string): Subject => ({ ...member, kind: 'cluster', id: clusterId })

const nameOf = ({ about, clusterId }: Listed): string => clusterId ?? about.name

/**
 * The staging databases of the same Region and engine, of any account, the likeliest first; one of these is proposed where its tags or
 * its name say that it is the same thing. Another engine is no twin: `engine` must be equal.
 */
export function twinsFor(of: Listed, all: readonly Listed[]): readonly TwinProposal[] {
  const { region } = of.about.subject
  const candidates = groupsOf(
    all.filter(
      (one) =>
        one.environment === 'staging' &&
        one.about.subject.region === region &&
        one.engine === of.engine &&
        one.about.subject.kind === of.about.subject.kind &&
        (one.clusterId === undefined) === (of.clusterId === undefined) &&
        subjectKey(one.about.subject) !== subjectKey(of.about.subject),
    ),
  )
  const ranked = candidates
    .map(({ twin, first }) => {
      const sameName = stem(nameOf(first)) === stem(nameOf(of))
      const sameTags = Object.entries(of.tags)
        .filter(([key, value]) => !OF_EVERYTHING.test(key) && first.tags[key] === value)
        .map(([key]) => key)
        .sort()
      return { twin, sameName, sameTags, engine: first.engine, score: (sameName ? 4 : 0) + sameTags.length }
    })
    .sort((a, b) => b.score - a.score || (a.twin.name < b.twin.name ? -1 : 1))
  const [best, second] = ranked
  // Two that are equally likely are for a person to tell apart.
  const clear = best !== undefined && best.score > 0 && best.score > (second?.score ?? 0)
  return ranked.map(({ score: _score, ...one }, index) => ({ ...one, proposed: clear && index === 0 }))
}
