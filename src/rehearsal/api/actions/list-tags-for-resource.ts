import { clusterArn, databaseArn } from '../../world.ts'
import type { Action } from '../action.ts'
import { required } from '../call.ts'
import { tagList } from '../instance-record.ts'
import { clusterNotFound, instanceNotFound } from '../wire-error.ts'

/** ListTagsForResource, for databases and clusters. */
export const listTagsForResource: Action = (call, { databases, clusters }) => {
  const arn = required(call, 'ResourceName')
  const found =
    databases.find((database) => databaseArn(database) === arn) ??
    clusters.find((cluster) => clusterArn(cluster) === arn)
  if (!found) throw arn.includes(':cluster:') ? clusterNotFound(arn) : instanceNotFound(arn)
  return { result: { TagList: tagList(found) } }
}
