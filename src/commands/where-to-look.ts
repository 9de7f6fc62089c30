import type { Config } from '../config/schema.ts'
import { placesOf, type Asked, type Place } from '../fleet/place.ts'
import type { CommonFlags } from './common.ts'
import { EXIT } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'

const words = (list: string): string[] =>
  list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/

/** Where one of them comes from, for messages: a flag goes before the environment, which goes before the configuration. */
interface Said {
  readonly from: string
  readonly list: readonly string[]
}

function said(flag: string, given: string | undefined, variable: string): Said | undefined {
  const text = given ?? process.env[variable]
  if (text === undefined || (given === undefined && text === '')) return undefined
  const from = given === undefined ? variable : flag
  const list = words(text)
  if (list.length === 0)
    throw new OperatorError(EXIT.usage, `${from}: must name one or more, with commas between them. Nothing was asked.`)
  return { from, list }
}

function askedFor(flags: CommonFlags): Asked {
  const regions = said('--regions', flags.regions, 'RDS_CA_RUNBOOK_REGIONS')
  const profiles = said('--profiles', flags.profiles, 'RDS_CA_RUNBOOK_PROFILES')
  const all = regions?.list.length === 1 && regions.list[0] === 'all'
  const wrong = all ? undefined : regions?.list.find((one) => !REGION.test(one))
  if (wrong !== undefined)
    throw new OperatorError(
      EXIT.usage,
      `${regions?.from ?? ''} ${wrong}: must be the name of an AWS Region (eu-central-1), several with commas, or all. Nothing was asked.`,
    )
  return {
    ...(profiles && { profiles: profiles.list }),
    ...(regions && { regions: all ? 'all' : regions.list }),
  }
}

/**
 * The accounts and Regions to look in: flags, over the environment, over the configuration. `--profile` and `--region` name a single one.
 * Throws OperatorError.
 */
export function whereToLook(flags: CommonFlags, config: Config): readonly [Place, ...Place[]] {
  if (flags.profile !== undefined && flags.profiles !== undefined)
    throw new OperatorError(EXIT.usage, '--profile and --profiles: give one of them. Nothing was asked.')
  if (flags.region !== undefined && flags.regions !== undefined)
    throw new OperatorError(EXIT.usage, '--region and --regions: give one of them. Nothing was asked.')
  const asked = askedFor({
    ...flags,
    ...(flags.profile !== undefined && { profiles: flags.profile }),
    ...(flags.region !== undefined && { regions: flags.region }),
  })
  return placesOf(config, asked)
}
