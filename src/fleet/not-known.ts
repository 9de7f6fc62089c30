import { CannotAsk } from '../ports/control-plane.ts'
import type { Located, RegionFacts } from './discover.ts'
import type { Inventory } from './inventory.ts'
import { neededFor } from './needed-for.ts'

/** What of a Region's facts could not be learnt, each once. What nobody asked for is not missing. */
export function failedFacts(facts: RegionFacts | undefined): CannotAsk[] {
  if (!facts) return []
  const proxies =
    facts.proxies instanceof CannotAsk ? [facts.proxies] : facts.proxies.flatMap((one) => [one.endpoints, one.targets])
  const failed = [facts.cas, facts.maintenance, ...facts.engines.values(), ...proxies].filter(
    (fact) => fact instanceof CannotAsk,
  )
  const asked = failed.filter(({ code }) => code !== 'NotAsked')
  return [...new Map(asked.map((one) => [`${one.operation} ${one.message}`, one])).values()]
}

/** The sentence of a fact that could not be learnt, with what follows from it. */
export function notKnownSentence({ message, operation }: CannotAsk): string {
  const needed = neededFor(operation)
  return needed === undefined ? message : `${message} Without ${operation} ${needed}.`
}

/** The same for one account and Region, as sentences. */
export const notKnown = (inventory: Inventory, { world, region }: Located): string[] =>
  inventory.regions
    .filter(({ at }) => at.world === world && at.region === region)
    .flatMap(({ facts }) => failedFacts(facts).map((one) => notKnownSentence(one)))
