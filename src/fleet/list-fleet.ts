import { CannotAsk, type ControlPlane } from '../ports/control-plane.ts'
import type { Config } from '../config/schema.ts'
import { worldOf } from '../rules/words.ts'
import { inOrder, isOtherService, subjectOf, type FleetDatabase } from './fleet.ts'

/** One account in one Region: what reads it, and the world that its evidence belongs to. */
export interface Account {
  readonly control: ControlPlane
  readonly account: string
  readonly world: string
  readonly profile?: string
}

export interface FleetListing {
  /** The session's own first, then one for each profile that the configuration names. */
  readonly accounts: readonly [Account, ...Account[]]
  readonly databases: readonly FleetDatabase[]
  /** What a person should know of it: what is left out, what could not be read, what is declared and not there. */
  readonly notices: readonly string[]
}

/** Opens the control plane of a profile; undefined: the session's own. */
export type OpenControl = (profile: string | undefined) => ControlPlane

async function accountOf(
  open: OpenControl,
  endpoint: string | undefined,
  profile: string | undefined,
  signal: AbortSignal,
): Promise<Account> {
  const control = open(profile)
  const { account } = await control.identity(signal)
  return { control, account, world: worldOf(account, endpoint), ...(profile && { profile }) }
}

async function databasesOf(
  { control, world, profile }: Account,
  signal: AbortSignal,
): Promise<{ databases: FleetDatabase[]; others: number }> {
  const databases: FleetDatabase[] = []
  let others = 0
  for await (const page of control.databases(signal)) {
    for (const record of page) {
      if (isOtherService(record)) others += 1
      else
        databases.push({
          about: { subject: subjectOf(world, control.region, record), name: record.id },
          record,
          ...(profile && { profile }),
        })
    }
  }
  return { databases, others }
}

/**
 * Lists the databases of the session's account, and those of other accounts that the configuration names by profile. Needs
 * `rds:DescribeDBInstances` alone. Throws CannotAsk when the session's own account cannot be read; another's failure is a notice.
 */
export async function listFleet(
  open: OpenControl,
  endpoint: string | undefined,
  config: Config,
  signal: AbortSignal,
): Promise<FleetListing> {
  const notices: string[] = []
  const own = await accountOf(open, endpoint, undefined, signal)
  const listed = await databasesOf(own, signal)
  if (listed.others > 0)
    notices.push(`${listed.others} DocumentDB or Neptune instances are left out: their own services rotate them.`)

  const profiles = [...new Set(Object.values(config.databases).flatMap(({ profile }) => (profile ? [profile] : [])))]
  const elsewhere: { account: Account; databases: readonly FleetDatabase[] }[] = []
  for (const profile of profiles) {
    try {
      const account = await accountOf(open, endpoint, profile, signal)
      const { databases } = await databasesOf(account, signal)
      elsewhere.push({
        account,
        databases: databases.filter((one) => config.databases[one.about.name]?.profile === profile),
      })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof CannotAsk)) throw error
      notices.push(`The databases of profile ${profile} cannot be read: ${error.message}`)
    }
  }
  const here = listed.databases.filter((one) => config.databases[one.about.name]?.profile === undefined)
  const databases = inOrder([...here, ...elsewhere.flatMap((one) => one.databases)], config)
  for (const name of Object.keys(config.databases))
    if (!databases.some((one) => one.about.name === name))
      notices.push(`${name} is declared in the configuration, and AWS lists no such database here.`)
  return { accounts: [own, ...elsewhere.map((one) => one.account)], databases, notices }
}
