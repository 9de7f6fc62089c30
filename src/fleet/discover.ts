import type { AccountPlane } from '../ports/account.ts'
import {
  CannotAsk,
  type CaRecord,
  type ClusterRecord,
  type ControlPlane,
  type DatabaseRecord,
  type EngineRecord,
  type MaintenanceRecord,
  type ProxyRecord,
} from '../ports/control-plane.ts'
import { worldOf } from '../rules/words.ts'
import { Channel, slots } from './channel.ts'
import type { Place } from './place.ts'

/** Opens what reads a place. `region` absent: the one that its credentials or the environment name. */
export interface Access {
  account(place: Place): AccountPlane
  control(place: Place, region: string | undefined): ControlPlane
}

/** One account in one Region, and what reads it. */
export interface Located {
  readonly place: Place
  readonly account: string
  readonly world: string
  readonly region: string
  readonly control: ControlPlane
}

/** What a Region says beside its databases; in the place of a fact that could not be learnt, why. */
export interface RegionFacts {
  readonly cas: readonly CaRecord[] | CannotAsk
  readonly maintenance: readonly MaintenanceRecord[] | CannotAsk
  /** By `engine version`. */
  readonly engines: ReadonlyMap<string, EngineRecord | undefined | CannotAsk>
  readonly proxies: readonly ProxyRecord[] | CannotAsk
}

/** What discovery comes upon, as it comes upon it. Each Region ends with `done` or `failed`. */
export type Discovered =
  | {
      readonly kind: 'account'
      readonly place: Place
      readonly account: string
      readonly arn: string
      readonly regions: number
    }
  | { readonly kind: 'alias'; readonly account: string; readonly alias: string }
  | { readonly kind: 'databases'; readonly at: Located; readonly databases: readonly DatabaseRecord[] }
  | { readonly kind: 'clusters'; readonly at: Located; readonly clusters: readonly ClusterRecord[] }
  | { readonly kind: 'facts'; readonly at: Located; readonly facts: RegionFacts }
  | { readonly kind: 'done'; readonly at: Located }
  /** `region` absent: nothing of the whole account could be read. */
  | {
      readonly kind: 'failed'
      readonly place: Place
      readonly account?: string
      readonly region?: string
      readonly error: CannotAsk
    }

export interface DiscoverOptions {
  /** The API endpoint in force, when it is not AWS's own. */
  readonly endpoint?: string | undefined
  /** What is asked beside the lists of databases and clusters. */
  readonly facts: readonly (keyof RegionFacts)[]
  /** How many Regions are read at once; the default is 8. */
  readonly atOnce?: number
  readonly signal: AbortSignal
}

/**
 * Looks into all places at once. What cannot be read is told, with where and why, and stops nothing else. Ends when every Region has
 * been read, or the consumer leaves; throws the signal's reason when aborted, and what is a bug.
 */
export async function* discover(
  access: Access,
  places: readonly Place[],
  options: DiscoverOptions,
): AsyncGenerator<Discovered> {
  const left = new AbortController()
  const channel = new Channel<Discovered>()
  const work = new Discovery(access, { ...options, signal: AbortSignal.any([options.signal, left.signal]) }, channel)
  Promise.all(places.map((place) => work.place(place))).then(
    () => channel.end(),
    (error: unknown) => channel.end({ error }),
  )
  try {
    yield* channel
    options.signal.throwIfAborted()
  } finally {
    left.abort(new Error('enough was discovered'))
  }
}

class Discovery {
  readonly #access: Access
  readonly #options: DiscoverOptions
  readonly #channel: Channel<Discovered>
  readonly #turn: ReturnType<typeof slots>
  /** By account and Region: two profiles can lead to the same one, which is read once. */
  readonly #firstPlace = new Map<string, Place>()

  constructor(access: Access, options: DiscoverOptions, channel: Channel<Discovered>) {
    this.#access = access
    this.#options = options
    this.#channel = channel
    this.#turn = slots(options.atOnce ?? 8)
  }

  async place(place: Place): Promise<void> {
    const { signal } = this.#options
    const plane = this.#access.account(place)
    const who = await this.#orFailed({ place }, plane.identity(signal))
    if (!who) return
    const { account, arn } = who
    const regions = await this.#orFailed({ place, account }, this.#regionsOf(place, plane))
    if (!regions) return
    this.#channel.put({ kind: 'account', place, account, arn, regions: regions.length })
    this.#alias(plane, account)
    await Promise.all(regions.map((region) => this.#turn(() => this.#region(place, account, region))))
  }

  /** Absent stands for the Region that the credentials name. */
  async #regionsOf({ regions }: Place, plane: AccountPlane): Promise<readonly (string | undefined)[]> {
    return regions === undefined ? [undefined] : regions === 'all' ? plane.regions(this.#options.signal) : regions
  }

  /** A courtesy: nobody waits for it, and without the permission the number has to do. */
  #alias(plane: AccountPlane, account: string): void {
    plane.alias(this.#options.signal).then(
      (alias) => alias !== undefined && this.#channel.put({ kind: 'alias', account, alias }),
      () => undefined,
    )
  }

  async #region(place: Place, account: string, named: string | undefined): Promise<void> {
    const { endpoint, signal } = this.#options
    const control = this.#access.control(place, named)
    const read = async (): Promise<void> => {
      let at: Located | undefined
      const pages = control.databases(signal)
      const versions = new Set<string>()
      for await (const databases of pages) {
        at ??= { place, account, world: worldOf(account, endpoint), region: control.region, control }
        if (!this.#isNew(at)) return
        for (const { engine, engineVersion } of databases) versions.add(`${engine} ${engineVersion}`)
        this.#channel.put({ kind: 'databases', at, databases })
      }
      if (at) await this.#beside(at, versions)
    }
    await this.#orFailed({ place, account, ...(named !== undefined && { region: named }) }, read())
  }

  #isNew({ world, region, place }: Located): boolean {
    const key = `${world} ${region} ${place.declaredOnly ? (place.profile ?? '') : ''}`
    const first = this.#firstPlace.get(key)
    if (first === undefined) this.#firstPlace.set(key, place)
    return first === undefined || first === place
  }

  /** Clusters and the Region's facts, at once. */
  async #beside(at: Located, versions: ReadonlySet<string>): Promise<void> {
    const { signal, facts: wanted } = this.#options
    const { control, place, account, region } = at
    const asked = <T>(name: keyof RegionFacts, ask: () => Promise<T>): Promise<T | CannotAsk> =>
      wanted.includes(name)
        ? orWhyNot(ask())
        : Promise.resolve(new CannotAsk('NotAsked', name, `${name} was not asked for`))
    const clusters = async (): Promise<void> => {
      for await (const page of control.clusters(signal)) this.#channel.put({ kind: 'clusters', at, clusters: page })
    }
    const [, cas, maintenance, engines, proxies] = await Promise.all([
      this.#orFailed({ place, account, region }, clusters()),
      asked('cas', () => control.cas(signal)),
      asked('maintenance', () => control.maintenanceOfAll(signal)),
      wanted.includes('engines') ? this.#engines(at, versions) : new Map<string, never>(),
      asked('proxies', () => control.proxies(signal)),
    ])
    this.#channel.put({ kind: 'facts', at, facts: { cas, maintenance, engines, proxies } })
    this.#channel.put({ kind: 'done', at })
  }

  async #engines({ control }: Located, versions: ReadonlySet<string>): Promise<RegionFacts['engines']> {
    const turn = slots(4)
    const entries = [...versions].map(async (key) => {
      const [engine = '', version = ''] = key.split(' ')
      return [key, await turn(() => orWhyNot(control.engine(engine, version, this.#options.signal)))] as const
    })
    return new Map(await Promise.all(entries))
  }

  /** The outcome; undefined, and told, when AWS could not be asked. */
  async #orFailed<T>(
    where: { readonly place: Place; readonly account?: string; readonly region?: string },
    asked: Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await asked
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (!(error instanceof CannotAsk)) throw error
      this.#channel.put({ kind: 'failed', ...where, error })
      return undefined
    }
  }
}

async function orWhyNot<T>(asked: Promise<T>): Promise<T | CannotAsk> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof CannotAsk) return error
    throw error
  }
}
