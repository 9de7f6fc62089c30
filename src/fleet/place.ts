import type { Config } from '../config/schema.ts'

/** A way into an account, and the Regions to look in. */
export interface Place {
  /** Absent: the session's own credentials. */
  readonly profile?: string
  /** ARN of a role to take on. */
  readonly role?: string
  /** Absent: the Region that the credentials or the environment name. */
  readonly regions?: 'all' | readonly string[]
  /** Looked into for databases that are declared to be read with this profile, and for no others. */
  readonly declaredOnly?: true
}

/** What flags and environment say of where to look, over what the configuration says. */
export interface Asked {
  readonly profiles?: readonly string[]
  readonly regions?: 'all' | readonly string[]
}

/** The ways in that a configuration and whoever asks want to be taken: at least one. */
export function placesOf(config: Config, asked: Asked): readonly [Place, ...Place[]] {
  const withRegions = (place: Place): Place => {
    const regions = asked.regions ?? place.regions ?? config.regions
    return { ...place, ...(regions && { regions }) }
  }
  const declared: readonly Place[] = asked.profiles
    ? asked.profiles.map((profile) => ({ profile }))
    : config.accounts.map(({ profile, role, regions }) => ({
        ...(profile && { profile }),
        ...(role && { role }),
        ...(regions && { regions }),
      }))
  const [first, ...others] = declared.map((one) => withRegions(one))
  const named = new Set(declared.map(({ profile }) => profile))
  const single = Object.values(config.databases).flatMap(({ profile }) =>
    profile === undefined || named.has(profile) ? [] : [profile],
  )
  return [
    first ?? withRegions({}),
    ...others,
    ...[...new Set(single)].map((profile): Place => ({ ...withRegions({ profile }), declaredOnly: true })),
  ]
}
