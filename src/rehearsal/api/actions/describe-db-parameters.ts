import type { Action } from '../action.ts'
import { required } from '../call.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { PARAMETERS, parameterGroupOf } from '../parameter-groups.ts'
import { WireError } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

/** DescribeDBParameters of the groups that the rehearsal's databases use. */
export const describeDbParameters: Action = (call, sight) => {
  const group = required(call, 'DBParameterGroupName')
  const filters = filtersOf(call, ['parameter-name'])
  const database = sight.databases.find((candidate) => parameterGroupOf(candidate) === group)
  if (!database) throw new WireError('DBParameterGroupNotFound', 404, `DBParameterGroup not found: ${group}`)
  const source = call.parameters['Source']
  const found = PARAMETERS[database.family].filter(
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
