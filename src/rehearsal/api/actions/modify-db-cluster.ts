import { modify, type Wish } from '../../lifecycle/modify.ts'
import { underWay } from '../../state/database-state.ts'
import { effectOn } from '../../state/effect.ts'
import { findCluster, membersOf, type Action } from '../action.ts'
import { clusterRecord } from '../cluster-record.ts'
import { flag, required } from '../call.ts'
import { invalidClusterState, invalidCombination, invalidValue } from '../wire-error.ts'
import { wantedCa } from '../wanted-ca.ts'

const SIMULATED = new Set(['DBClusterIdentifier', 'ApplyImmediately', 'CACertificateIdentifier'])

/**
 * ModifyDBCluster: the CA of a Multi-AZ DB cluster, which it changes for all of its members. On an Aurora cluster each
 * member has its own. What is not simulated is refused rather than ignored.
 */
export const modifyDbCluster: Action = (call, sight) => {
  const foreign = Object.keys(call.parameters).filter((name) => !SIMULATED.has(name))
  if (foreign.length > 0) throw invalidValue(`The rehearsal does not simulate changing ${foreign.join(', ')}.`)
  const cluster = findCluster(sight, required(call, 'DBClusterIdentifier'))
  const named = call.parameters['CACertificateIdentifier']
  if (named !== undefined && cluster.kind !== 'multi-az')
    throw invalidCombination('CACertificateIdentifier is valid for Multi-AZ DB clusters only.')
  const members = membersOf(sight.databases, cluster)
  if (members.some((member) => underWay(member)))
    throw invalidClusterState(`DB cluster ${cluster.id} is not in available state.`)
  const ca = wantedCa(named, sight, cluster)
  const wish: Wish = { immediately: flag(call, 'ApplyImmediately') ?? false, ...(ca !== undefined && { ca }) }
  const modified = members.map((member) => modify(member, wish, sight.pace))
  const after = { ...sight, databases: withChanged(sight.databases, modified) }
  return { result: { DBCluster: clusterRecord(cluster, after) }, effect: effectOn(...modified) }
}

/** The databases with these in their places. */
export const withChanged = <Item extends { readonly key: string }>(
  items: readonly Item[],
  changed: readonly Item[],
): readonly Item[] => items.map((item) => changed.find(({ key }) => key === item.key) ?? item)
