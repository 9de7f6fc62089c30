import * as z from 'zod/mini'
import { CA_IDS } from '../data-plane.ts'
import { clusterState } from './cluster-state.ts'
import { databaseState, type DatabaseState } from './database-state.ts'
import type { RegionState } from './region-state.ts'

/** What a request, or something that happened by itself, changed in the world: everything as it stands after it. */
export const effect = z.object({
  /** Databases changed or new, by their keys. */
  databases: z.exactOptional(z.readonly(z.array(databaseState))),
  /** The keys of databases that are no more. */
  gone: z.exactOptional(z.readonly(z.array(z.string()))),
  clusters: z.exactOptional(z.readonly(z.array(clusterState))),
  /** An account's own default CA for new databases in a Region; without `ca`, AWS's again. */
  defaultCa: z.exactOptional(
    z.object({ account: z.string(), region: z.string(), ca: z.exactOptional(z.enum(CA_IDS)) }),
  ),
  /** A CA that AWS lists no more, in a Region. */
  retired: z.exactOptional(z.object({ region: z.string(), ca: z.enum(CA_IDS) })),
})
export type Effect = z.infer<typeof effect>

export const effectOn = (...databases: readonly DatabaseState[]): Effect => ({ databases })

/** The world after an effect. */
export function withEffect(state: RegionState, effect: Effect): RegionState {
  const { databases = [], gone = [], clusters = [], defaultCa, retired } = effect
  return {
    ...state,
    databases: replaced(state.databases, databases).filter(({ key }) => !gone.includes(key)),
    clusters: replaced(state.clusters, clusters),
    defaultCas: defaultCa
      ? [
          ...state.defaultCas.filter(
            ({ account, region }) => account !== defaultCa.account || region !== defaultCa.region,
          ),
          ...(defaultCa.ca === undefined ? [] : [{ ...defaultCa, ca: defaultCa.ca }]),
        ]
      : state.defaultCas,
    retired: retired ? [...state.retired, retired] : state.retired,
  }
}

/** The list with these in the places of those of the same keys, and new ones at its end. */
function replaced<Item extends { readonly key: string }>(items: readonly Item[], by: readonly Item[]): Item[] {
  if (by.length === 0) return [...items]
  const changes = new Map(by.map((item) => [item.key, item]))
  const kept = items.map((item) => {
    const change = changes.get(item.key)
    changes.delete(item.key)
    return change ?? item
  })
  return [...kept, ...changes.values()]
}
