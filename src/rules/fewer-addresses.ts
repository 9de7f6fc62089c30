/** Many addresses of one client as the networks that they are in: who it is stays whole, where from gets coarser. Pure. */
import { networkAround } from './pattern.ts'
import { clientKey } from './clients.ts'
import { oneForEach, type Sighting } from './tally.ts'

/** Bits of an address that are kept, coarser each time: IPv4 and IPv6. With none, only that it was somewhere. */
const WIDTHS = [
  [24, 64],
  [16, 48],
  [8, 32],
  [0, 0],
] as const

/** A client as the server tells it apart, wherever it comes from and with whatever cipher. */
const groupOf = (one: Sighting): string => JSON.stringify([clientKey(one), one.transport])

const inNetworks = (sightings: readonly Sighting[], [v4, v6]: (typeof WIDTHS)[number]): Sighting[] =>
  oneForEach(
    sightings.map((one) => ({ ...one, address: v4 === 0 ? '' : networkAround(one.address, v4, v6) })),
    ({ address }) => address,
  )

/**
 * At most `limit` sightings, and at least one of each client by user, session name and transport: those with the most addresses are
 * told by networks (`10.0.3.0/24`) first, in ever wider ones, and at last by none. A pattern of addresses still tells whose they are
 * where it holds the whole network; where it holds less, the client is nobody's, which closes what rests on it and opens nothing.
 */
export function withFewerAddresses(sightings: readonly Sighting[], limit: number): readonly Sighting[] {
  if (sightings.length <= limit) return sightings
  const groups = Map.groupBy(sightings, groupOf)
  let count = sightings.length
  for (const width of WIDTHS)
    for (const [key, members] of [...groups].sort(([, a], [, b]) => b.length - a.length)) {
      if (count <= limit) return [...groups.values()].flat()
      const folded = inNetworks(members, width)
      count -= members.length - folded.length
      groups.set(key, folded)
    }
  return [...groups.values()].flat()
}
