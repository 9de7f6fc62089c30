import { ENGINE_VERSIONS } from '../../lifecycle/engine-versions.ts'
import type { Action } from '../action.ts'
import { flag } from '../call.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { XmlList } from '../xml.ts'

/** DescribeDBEngineVersions. Deprecated versions are given only with `IncludeAll`, as in AWS. */
export const describeDbEngineVersions: Action = (call) => {
  const filters = filtersOf(call, ['db-parameter-group-family', 'engine', 'engine-mode', 'engine-version', 'status'])
  const { Engine: engine, EngineVersion: version, DBParameterGroupFamily: family } = call.parameters
  const includeAll = flag(call, 'IncludeAll') ?? false
  const found = ENGINE_VERSIONS.filter(
    (listed) =>
      (engine === undefined || listed.engine === engine) &&
      // A major version stands for all of its minor ones.
      (version === undefined || listed.version === version || listed.version.startsWith(`${version}.`)) &&
      (family === undefined || listed.parameterFamily === family) &&
      (includeAll || !listed.deprecated) &&
      passes(filters, {
        'db-parameter-group-family': [listed.parameterFamily],
        engine: [listed.engine],
        'engine-version': [listed.version],
        status: [statusOf(listed)],
      }),
  )
  const { items, marker } = page(call, found, (listed) => `${listed.engine} ${listed.version}`)
  return {
    result: {
      Marker: marker,
      DBEngineVersions: new XmlList(
        'DBEngineVersion',
        items.map((listed) => ({
          Engine: listed.engine,
          MajorEngineVersion: listed.parameterFamily.replace(/^\D+/, ''),
          EngineVersion: listed.version,
          DBParameterGroupFamily: listed.parameterFamily,
          DBEngineDescription: listed.engine,
          DBEngineVersionDescription: `${listed.engine} ${listed.version}`,
          ValidUpgradeTarget: new XmlList('UpgradeTarget', []),
          SupportedEngineModes: new XmlList('member', []),
          Status: statusOf(listed),
          SupportsCertificateRotationWithoutRestart: listed.rotatesWithoutRestart,
          SupportedCACertificateIdentifiers: new XmlList('member', listed.cas),
        })),
      ),
    },
  }
}

const statusOf = (listed: { readonly deprecated: boolean }): string => (listed.deprecated ? 'deprecated' : 'available')
