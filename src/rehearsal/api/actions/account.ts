import { ACCOUNTS, partitionOf } from '../../world.ts'
import type { Action } from '../action.ts'
import { XmlList } from '../xml.ts'

/** IAM ListAccountAliases. */
export const listAccountAliases: Action = ({ account }) => {
  const alias = ACCOUNTS.find(({ id }) => id === account)?.alias
  return { result: { AccountAliases: new XmlList('member', alias === undefined ? [] : [alias]), IsTruncated: false } }
}

/** A Region that AWS has and this world's accounts have not enabled. */
export const DISABLED_REGION = 'me-south-1'

/** Account Management ListRegions: the Regions of the account's partition, and one that is not enabled. */
export const listRegions: Action = (call, { world }) => {
  const partition = partitionOf(call.region)
  const here = world.regions.filter((region) => partitionOf(region) === partition)
  const regions = [
    ...here.map((RegionName, index) => ({
      RegionName,
      RegionOptStatus: index === 0 ? 'ENABLED_BY_DEFAULT' : 'ENABLED',
    })),
    ...(partition === 'aws' ? [{ RegionName: DISABLED_REGION, RegionOptStatus: 'DISABLED' }] : []),
  ]
  const wanted = JSON.parse(call.parameters['RegionOptStatusContains'] ?? '[]') as readonly string[]
  const found = regions.filter(({ RegionOptStatus: status }) => wanted.length === 0 || wanted.includes(status))
  return { result: { Regions: new XmlList('member', found) } }
}
