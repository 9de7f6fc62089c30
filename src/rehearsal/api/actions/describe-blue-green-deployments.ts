import type { Action } from '../action.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { WireError } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

/** DescribeBlueGreenDeployments. */
export const describeBlueGreenDeployments: Action = (call, { place, world }) => {
  const filters = filtersOf(call, [
    'blue-green-deployment-identifier',
    'blue-green-deployment-name',
    'source',
    'target',
  ])
  const id = call.parameters['BlueGreenDeploymentIdentifier']
  const found = world.surroundings.blueGreens.filter(
    (one) =>
      one.account === place.account &&
      one.region === place.region &&
      (id === undefined || one.id === id) &&
      passes(filters, {
        'blue-green-deployment-identifier': [one.id],
        'blue-green-deployment-name': [one.name],
        source: [one.source],
        target: [one.target],
      }),
  )
  if (id !== undefined && found.length === 0)
    throw new WireError('BlueGreenDeploymentNotFoundFault', 404, `Blue Green Deployment ${id} not found.`)
  const { items, marker } = page(call, found, (one) => one.id)
  return {
    result: {
      BlueGreenDeployments: new XmlList(
        'member',
        items.map((one) => ({
          BlueGreenDeploymentIdentifier: one.id,
          BlueGreenDeploymentName: one.name,
          Source: one.source,
          Target: one.target,
          SwitchoverDetails: new XmlList('member', [
            { SourceMember: one.source, TargetMember: one.target, Status: one.status },
          ]),
          Tasks: new XmlList('member', [{ Name: 'CREATING_READ_REPLICA_OF_SOURCE', Status: 'COMPLETED' }]),
          Status: one.status,
          CreateTime: new Date(one.createdAt),
          TagList: new XmlList('Tag', []),
        })),
      ),
      Marker: marker,
    },
  }
}
