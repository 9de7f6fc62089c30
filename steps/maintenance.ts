/** AWS's own maintenance, as far as it concerns certificates. */

/** A new server certificate under the same CA. */
export const RENEWAL = 'server-certificate-rotation'
/** By its name another CA, which AWS has also used for a new server certificate alone. */
export const CA_ROTATION = 'ca-certificate-rotation'

/** Both names occur: the API model's and the user guide's. */
export const CERTIFICATE_ACTIONS: ReadonlySet<string> = new Set([CA_ROTATION, RENEWAL])

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
  const named = new Set(description?.match(/rds-ca-[a-z0-9]+(?:-[a-z0-9]+)*/gi)?.map((one) => one.toLowerCase()))
  return named.size === 1 && named.has(ca.toLowerCase())
}
