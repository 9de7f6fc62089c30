import type { Config } from '../../config/schema.ts'
import { readAsked } from '../bundle/shared.ts'
import { openBundles } from '../../tls/open-bundles.ts'
import { bundled } from '../../tls/bundled.ts'
import type { BundledCertificate } from '../../ports/bundles.ts'
import type { Instant } from '../../rules/words.ts'
import { rootsOf, type Root, type Wanted } from '../../stores/wanted.ts'
import { savedProgress } from '../open-session.ts'
import { stateDirectory } from '../state-directory.ts'
import { databasesOnRecord } from './on-record.ts'

export interface WantedFlags {
  readonly stateDir?: string
  readonly bundle?: string
  readonly region?: string
}

/** What stores are judged by: saved progress, and a bundle. */
export interface Measures {
  /** Of a database that an application connects to, or of each member of a cluster. Empty where nothing says which Region it is in. */
  database(name: string): Promise<readonly Wanted[]>
  /** Of a store that is given by itself; undefined where no Region is named and none is known. */
  region(): Promise<Wanted | undefined>
}

/** The certificates of the bundle that is given, else of the Region's saved one; none where there is none. */
function bundleSource({ bundle, stateDir }: WantedFlags, now: Instant) {
  const saved = openBundles({ directory: stateDirectory(stateDir).bundles, now: () => now })
  const given = bundle === undefined ? undefined : readAsked(bundle)
  return async (region: string): Promise<readonly BundledCertificate[]> =>
    given
      ? (await given).certificates.map((certificate) => bundled(certificate))
      : ((await saved.saved(region))?.certificates ?? [])
}

const regionOfEnvironment = (): string | undefined =>
  process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? undefined

/** Looks up saved progress once. Throws OperatorError for a bundle that cannot be used. */
export async function measuresFor(flags: WantedFlags, config: Config, now: Instant): Promise<Measures> {
  const certificatesFor = bundleSource(flags, now)
  const onRecord = await databasesOnRecord(savedProgress(flags.stateDir), config, now)
  const regions = new Set([...onRecord.values()].map(({ region }) => region))
  const [only, another] = regions
  const usual = flags.region ?? regionOfEnvironment() ?? (another === undefined ? only : undefined)
  if (flags.bundle !== undefined) await certificatesFor(usual ?? '')

  const wantedIn = async (region: string, rest: Partial<Wanted> = {}): Promise<Wanted> => {
    const all = rootsOf(await certificatesFor(region), region, now)
    return { databases: [], ...rest, region, all }
  }
  /** What is declared of a database that has not been looked at: its target, by the bundle's own roots. */
  const declaredTarget = (name: string, all: readonly Root[]): Root | undefined =>
    all.find(({ ca }) => ca === config.databases[name]?.target)

  return {
    async database(name) {
      const known = [...onRecord].filter(([one, { cluster }]) => (onRecord.has(name) ? one === name : cluster === name))
      if (known.length > 0)
        return Promise.all(
          known.map(([one, { region, target, served }]) => wantedIn(region, { databases: [one], target, served })),
        )
      if (usual === undefined) return []
      const wanted = await wantedIn(usual, { databases: [name] })
      return [{ ...wanted, target: declaredTarget(name, wanted.all) }]
    },
    region: async () => (usual === undefined ? undefined : wantedIn(usual)),
  }
}
