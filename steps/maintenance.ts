/** AWS's own maintenance, as far as it concerns certificates. */
import type { MaintenanceRecord } from '../src/ports/control-plane.ts'
import { z } from './shapes.ts'

/** A new server certificate under the same CA. */
export const RENEWAL = 'server-certificate-rotation'
/** By its name another CA, which AWS has also used for a new server certificate alone. */
export const CA_ROTATION = 'ca-certificate-rotation'

/** Both names occur: the API model's and the user guide's. */
export const CERTIFICATE_ACTIONS: ReadonlySet<string> = new Set([CA_ROTATION, RENEWAL])

/** The CAs that an action's description names. */
const casNamed = (description: string | undefined): ReadonlySet<string> =>
  new Set(description?.match(/rds-ca-[a-z0-9]+(?:-[a-z0-9]+)*/gi)?.map((one) => one.toLowerCase()))

/** The one CA, beside the present one, that the description of an action names: where it leads to. */
export function leadsTo({ description }: { description?: string | undefined }, ca: string): string | undefined {
  const others = [...casNamed(description)].filter((one) => one !== ca.toLowerCase())
  return others.length === 1 ? others[0] : undefined
}

/**
 * Whether an action of AWS's renews the server certificate and keeps the CA. `server-certificate-rotation` does so by definition;
 * `ca-certificate-rotation` only where AWS's own description names the present CA and no other one.
 */
export function keepsRoot(
  { action, description }: { action: string; description?: string | undefined },
  ca: string,
): boolean {
  if (action === RENEWAL) return true
  if (action !== CA_ROTATION) return false
  const named = casNamed(description)
  return named.size === 1 && named.has(ca.toLowerCase())
}

/** A certificate action of AWS's own that comes without us: opted in to (`next-maintenance`), or begun with (`immediate`). */
export const optedIn = z.object({
  action: z.string(),
  optIn: z.string(),
  /** The CA that it leads to, where its description names one. */
  to: z.optional(z.string()),
  keepsRoot: z.optional(z.literal(true)),
})
export type OptedIn = z.infer<typeof optedIn>

/** The one of these that comes without us, if there is one. */
export function optedInAmong(actions: readonly MaintenanceRecord[], ca: string): OptedIn | undefined {
  for (const one of actions) {
    const { action, optIn } = one
    if (!CERTIFICATE_ACTIONS.has(action) || optIn === undefined) continue
    const to = leadsTo(one, ca)
    return { action, optIn, ...(to !== undefined && { to }), ...(keepsRoot(one, ca) && { keepsRoot: true }) }
  }
  return undefined
}
