import { declaredOf, isPartOf, type EnvironmentOf } from '../config/declared.ts'
import { namesAlone, namesOf, qualifiedName, type NamedDatabase, type Names } from '../config/names.ts'
import type { Config } from '../config/schema.ts'
import { eachGroupInOrder } from '../rules/group.ts'
import { calledBy } from '../rules/step.ts'
import { subjectKey } from '../rules/words.ts'
import { carriesCa, kindOf, type Kind } from './classify.ts'
import { discover, type Access, type Discovered, type DiscoverOptions, type Located } from './discover.ts'
import { inOrder, subjectOf, type FleetDatabase } from './fleet.ts'
import { Inventory } from './inventory.ts'
import { placesIn } from './group-places.ts'
import { failedFacts, notKnownSentence } from './not-known.ts'
import type { Place } from './place.ts'

export interface FleetListing {
  /** Every account and Region that could be read. */
  readonly located: readonly Located[]
  readonly databases: readonly FleetDatabase[]
  readonly names: Names
  readonly environmentOf: EnvironmentOf
  readonly inventory: Inventory
  /** What a person should know of it: what is left out, what could not be read, what is declared and not there. */
  readonly notices: readonly string[]
}

/**
 * Looks into all places and lists what carries a CA. Needs `rds:DescribeDBInstances` alone; each other fact that cannot be learnt is a
 * notice. Throws CannotAsk when nothing at all could be read. `tell` hears of everything as it is come upon.
 */
export async function listFleet(
  access: Access,
  places: readonly [Place, ...Place[]],
  config: Config,
  options: DiscoverOptions,
  tell: (one: Discovered) => void = () => undefined,
): Promise<FleetListing> {
  const inventory = new Inventory()
  for await (const one of discover(access, places, options)) {
    inventory.take(one)
    tell(one)
  }
  const located = inventory.regions.map(({ at }) => at)
  const [failure] = inventory.failures
  if (located.length === 0 && failure) throw failure.error
  const { found, notices } = databasesIn(inventory, config)
  const names = namesOf(found.map((one) => named(one)))
  const called = found.map((one) =>
    names.isAmbiguous(one.about.name) ? { ...one, about: { ...one.about, called: qualifiedName(one.about) } } : one,
  )
  const tagsOf = new Map(called.map(({ about, record }) => [subjectKey(about.subject), record.tags]))
  const environmentOf: EnvironmentOf = ({ subject }) => environmentByTag(config, tagsOf.get(subjectKey(subject)))
  const isStaging = ({ about }: FleetDatabase): boolean =>
    (declaredOf(config, names.namesOf(about))?.environment ?? environmentOf(about)) === 'staging'
  return {
    located,
    databases: eachGroupInOrder(inOrder(called, config, names, isStaging), placesIn(inventory)),
    names,
    environmentOf,
    inventory,
    notices: [
      ...notices,
      ...leftOut(inventory),
      ...failures(inventory),
      ...undeclared(config, names),
      ...unknownInWaves(config, names),
      ...ownTwins(config, names, called),
    ],
  }
}

const named = ({ about, record }: Pick<FleetDatabase, 'about' | 'record'>): NamedDatabase => ({
  ...about,
  ...(record.kind === 'database' && { cluster: record.clusterId }),
})

/** What carries a CA, each once, read by the profile that is declared for it where one is. */
function databasesIn(inventory: Inventory, config: Config): { found: FleetDatabase[]; notices: readonly string[] } {
  const found = new Map<string, FleetDatabase>()
  const twice: [string, string][] = []
  for (const { at, records } of inventory.regions)
    for (const record of records) {
      if (!carriesCa(kindOf(record))) continue
      const about = { subject: subjectOf(at, record), name: record.id }
      const profile = declaredOf(config, namesAlone(named({ about, record })))?.profile
      if (at.place.declaredOnly ? profile !== at.place.profile : isReadElsewhere(profile, at, inventory)) continue
      const key = subjectKey(about.subject)
      const other = found.get(key)
      if (!other) found.set(key, { about, record, at })
      // AWS never does this, and pages that were cut in the middle of a change may give one twice; other implementations of its API do it.
      else if (other.about.name !== record.id) twice.push([other.about.name, record.id])
    }
  const notices = twice.map(
    ([first, second]) =>
      `${first} and ${second} have one resource id, by which evidence is kept apart: ${second} is left out. AWS never gives one twice: check the endpoint.`,
  )
  return { found: [...found.values()], notices }
}

/** Whether a profile is declared that is another one than what reads here, and is one that reads only what is declared. */
const isReadElsewhere = (profile: string | undefined, { place }: Located, { regions }: Inventory): boolean =>
  profile !== undefined &&
  profile !== place.profile &&
  regions.some(({ at }) => at.place.declaredOnly === true && at.place.profile === profile)

function environmentByTag(
  { discovery }: Config,
  tags: Readonly<Record<string, string>> | undefined,
): 'staging' | undefined {
  const { environment } = discovery
  const value = environment && tags?.[environment.tag]
  if (value === undefined) return undefined
  return environment?.staging.some((one) => one.toLowerCase() === value.toLowerCase()) ? 'staging' : undefined
}

const LEFT_OUT: Readonly<Partial<Record<Kind, string>>> = {
  'other-service': 'of DocumentDB or Neptune: their own services rotate it.',
  custom: 'of RDS Custom: RDS keeps no CA for it.',
  'serverless-v1': 'of Aurora Serverless v1: AWS renews its certificates itself.',
}

const leftOut = (inventory: Inventory): string[] =>
  [...inventory.counts()].flatMap(([kind, count]) => {
    const why = LEFT_OUT[kind]
    return why === undefined ? [] : [`Left out: ${count} ${why}`]
  })

/** One sentence for each thing that could not be learnt, with the Regions where it is so. */
function failures({ failures: failed, regions }: Inventory): string[] {
  const facts = regions.flatMap(({ at, facts }) => failedFacts(facts).map((error) => ({ ...at, error })))
  const where = new Map<string, { readonly who: string; readonly regions: Set<string>; readonly what: string }>()
  for (const { account, region, place, error } of [...failed, ...facts]) {
    const by = account === undefined ? '' : place.profile === undefined ? '' : ` (profile ${place.profile})`
    const who = `${account ?? place.role ?? place.profile ?? 'The session’s own credentials'}${by}`
    const what = notKnownSentence(error)
    const key = `${who} ${error.operation} ${error.code}`
    const told = where.get(key) ?? { who, regions: new Set<string>(), what }
    if (region !== undefined) told.regions.add(region)
    where.set(key, told)
  }
  return [...where.values()].map(({ who, regions, what }) =>
    regions.size === 0 ? `${who}: ${what}` : `${who} in ${[...regions].join(', ')}: ${what}`,
  )
}

const undeclared = (config: Config, names: Names): string[] =>
  Object.keys(config.databases).flatMap((name) => {
    if (names.isAmbiguous(name))
      return [
        `${name} is declared in the configuration, and there are several of that name: nothing of it is taken for any of them. Declare each as account/region/${name}.`,
      ]
    return names.standingFor(name)
      ? []
      : [`${name} is declared in the configuration, and AWS lists no such database or cluster here.`]
  })

const unknownInWaves = (config: Config, names: Names): string[] =>
  config.waves.flatMap((wave) =>
    (wave.databases ?? []).flatMap((name) => {
      if (names.isAmbiguous(name))
        return [
          `The wave ${wave.name} names ${name}, and there are several of that name: it takes none of them. Name each as account/region/${name}.`,
        ]
      return names.standingFor(name)
        ? []
        : [`The wave ${wave.name} names ${name}, and AWS lists no such database or cluster here.`]
    }),
  )

/** A member that inherits its own cluster as its twin would wait for itself. */
const ownTwins = (config: Config, names: Names, databases: readonly FleetDatabase[]): string[] =>
  databases.flatMap(({ about }) => {
    const name = declaredOf(config, names.namesOf(about))?.twin
    const twin = name === undefined ? undefined : names.standingFor(name)
    return twin && isPartOf(about, twin)
      ? [
          `${calledBy(about)} is declared with ${name} as its twin, which it is part of: its twin is undecided. Name another one, or none.`,
        ]
      : []
  })
