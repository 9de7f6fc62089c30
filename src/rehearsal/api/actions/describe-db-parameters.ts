import type { Action, Reply } from '../action.ts'
import { required, type Call } from '../call.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import {
  clusterParameterGroupOf,
  clusterParameters,
  familyOf,
  parameterGroupOf,
  PARAMETERS,
  type Parameter,
} from '../parameter-groups.ts'
import { WireError } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

/** DescribeDBParameters of the groups that the rehearsal's databases use. */
export const describeDbParameters: Action = (call, sight) => {
  const group = required(call, 'DBParameterGroupName')
  const database = sight.databases.find((candidate) => parameterGroupOf(candidate) === group)
  if (!database) throw groupNotFound(group)
  return parametersAsked(call, PARAMETERS[familyOf(database.engine)])
}

/** DescribeDBClusterParameters, likewise. A group that is not there has the same code as an instance's, as in AWS. */
export const describeDbClusterParameters: Action = (call, sight) => {
  const group = required(call, 'DBClusterParameterGroupName')
  const cluster = sight.clusters.find((candidate) => clusterParameterGroupOf(candidate) === group)
  if (!cluster) throw groupNotFound(group)
  return parametersAsked(call, clusterParameters(cluster))
}

const groupNotFound = (group: string): WireError =>
  new WireError('DBParameterGroupNotFound', 404, `DBParameterGroup not found: ${group}`)

function parametersAsked(call: Call, parameters: readonly Parameter[]): Reply {
  const filters = filtersOf(call, ['parameter-name'])
  const source = call.parameters['Source']
  const found = parameters.filter(
    (parameter) =>
      (source === undefined || parameter.source === source) && passes(filters, { 'parameter-name': [parameter.name] }),
  )
  const { items, marker } = page(call, found, (parameter) => parameter.name)
  return {
    result: {
      Parameters: new XmlList(
        'Parameter',
        items.map((parameter) => ({
          ParameterName: parameter.name,
          ParameterValue: parameter.value,
          Description: parameter.description,
          Source: parameter.source,
          ApplyType: parameter.applyType,
          DataType: parameter.dataType,
          AllowedValues: parameter.allowed,
          IsModifiable: parameter.source !== 'system',
          ApplyMethod: parameter.applyType === 'static' ? 'pending-reboot' : 'immediate',
        })),
      ),
      Marker: marker,
    },
  }
}
