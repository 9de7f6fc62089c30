import type { CaId } from '../data-plane.ts'
import { engineOf } from '../lifecycle/engine-versions.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { Sight } from './action.ts'
import { certificateNotFound, invalidCombination } from './wire-error.ts'

/**
 * The CA asked for: one that the Region lists and the engine version supports. Undefined when none was named. Throws
 * `CertificateNotFound` and `InvalidParameterCombination`.
 */
export function wantedCa(
  id: string | undefined,
  { cas }: Sight,
  carrier: Pick<DatabaseState, 'engine' | 'engineVersion'>,
): CaId | undefined {
  if (id === undefined) return undefined
  const ca = cas.find((listed) => listed.id === id)
  if (!ca) throw certificateNotFound(id)
  const engine = engineOf(carrier)
  if (!engine.cas.includes(ca.id))
    throw invalidCombination(`The CA certificate ${id} isn't supported by ${engine.engine} ${engine.version}.`)
  return ca.id
}
