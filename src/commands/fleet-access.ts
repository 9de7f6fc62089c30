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

/** Opens places through the AWS SDK. An account is asked in the first Region that is looked into, where those are named. */
export const accessWith = (common: AwsOptions): Access => ({
  account: (place) =>
    openAccount(awsFor(common, place, typeof place.regions === 'string' ? undefined : place.regions?.[0])),
  control: (place, region) => openControlPlane(awsFor(common, place, region)),
})
