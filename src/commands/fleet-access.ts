import { setFlagsFromString } from 'node:v8'
import type { AwsOptions } from '../aws/aws-options.ts'
import { openAccount } from '../aws/open-account.ts'
import { openControlPlane } from '../aws/open-control-plane.ts'
import type { Access } from '../fleet/discover.ts'
import type { Place } from '../fleet/place.ts'

/** How a place is spoken with: its own profile and role, and what holds for the whole session. */
export const awsFor = (common: AwsOptions, { profile, role }: Place, region: string | undefined): AwsOptions => ({
  ...common,
  ...(profile !== undefined && { profile }),
  ...(role !== undefined && { role }),
  ...(region !== undefined && { region }),
})

/**
 * AWS's pages become large trees that live for a moment. A young generation that grows with them lets thousands become old before they
 * are looked at again, and an old one that may grow to three times what lives in it waits long before it looks: the process becomes
 * twice as large as with these, and no faster. (Node 24, 10,000 databases.)
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=80')
}

/** Opens places through the AWS SDK. An account is asked in the first Region that is looked into, where those are named. */
export function accessWith(common: AwsOptions): Access {
  keepHeapSmall()
  return {
    account: (place) =>
      openAccount(awsFor(common, place, typeof place.regions === 'string' ? undefined : place.regions?.[0])),
    control: (place, region) => openControlPlane(awsFor(common, place, region)),
  }
}
