import { mayUseTls } from '../../rules/census.ts'
import { accountOf, applicationOf, isAccountedFor, standsBetween } from '../../rules/clients.ts'
import type { NewCertificate, Returned, Whose } from '../../rules/returned.ts'
import { newestOf, type Tally } from '../../rules/tally.ts'

/** A tally as a program reads it: instants in milliseconds, each client with whose it is. */
export function tallyJson(
  { sightings, ...tally }: Tally,
  { applications, accounted }: Whose,
  compared: (Returned & { readonly change: NewCertificate }) | undefined,
): object {
  return {
    ...tally,
    clients: sightings.map((one) => ({
      ...one,
      newest: newestOf(one, tally),
      whose: applicationOf(one, applications, accounted)?.name ?? null,
      accountedFor: accountOf(one, accounted)?.as ?? null,
      between: standsBetween(one.address, applications) ?? null,
      open: mayUseTls(one) && !isAccountedFor(one, applications, accounted),
    })),
    ...(compared && { sinceRotation: compared }),
  }
}
