import { findDatabase, type Action } from '../action.ts'
import { required } from '../call.ts'
import { tagList } from '../instance-record.ts'

/** ListTagsForResource, for databases. */
export const listTagsForResource: Action = (call, sight) => ({
  result: { TagList: tagList(findDatabase(sight, required(call, 'ResourceName'))) },
})
