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
 * are looked at again, and the process three times as large; as it is at the start it costs no time. (Node 24, 10,000 databases.)
 */
const keepYoungGenerationSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1')

/** Opens places through the AWS SDK. An account is asked in the first Region that is looked into, where those are named. */
export function accessWith(common: AwsOptions): Access {
  keepYoungGenerationSmall()
  return {
    account: (place) =>
      openAccount(awsFor(common, place, typeof place.regions === 'string' ? undefined : place.regions?.[0])),
    control: (place, region) => openControlPlane(awsFor(common, place, region)),
  }
}
