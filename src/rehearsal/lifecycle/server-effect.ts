import type { CaId } from '../data-plane.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { engineOf } from './engine-versions.ts'

/**
 * What applying a database's pending changes does to its server.
 * - `reload`: the server (of Oracle, the listener alone) reads a new certificate, sessions live on.
 * - `restart`: every session ends.
 * - `stage`: the new certificate waits for a restart, whoever causes it.
 * - `none`: nothing that the server notices.
 */
export interface ServerEffect {
  readonly method: 'reload' | 'restart' | 'stage' | 'none'
  /** The CA of the certificate that this puts in place; undefined when the certificate stays. */
  readonly ca: CaId | undefined
}

/** Reads it off what pends: an instance class or a new version drags a restart along, whatever the certificate would have needed. */
export function serverEffectOf(database: DatabaseState): ServerEffect {
  const { pending, renewal, staged } = database
  const renews = renewal?.optIn === 'immediate'
  const certificate = pending.ca ?? (renews ? (renewal.to ?? database.ca) : undefined)
  if (pending.instanceClass !== undefined || pending.engineVersion !== undefined)
    return { method: 'restart', ca: certificate }
  if (certificate === undefined) return { method: 'none', ca: undefined }
  const { listenerAlone, rotatesWithoutRestart } = engineOf(database)
  if (listenerAlone || rotatesWithoutRestart) return { method: 'reload', ca: certificate }
  if (pending.restart === false)
    return staged ? { method: 'none', ca: undefined } : { method: 'stage', ca: certificate }
  return { method: 'restart', ca: certificate }
}
