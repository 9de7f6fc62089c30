import type { Pki } from '../data-plane.ts'

/** A bundle as it was before the new CAs came. */
export const staleBundle = (pki: Pki): string => pki.bundle(['rds-ca-2019'])

/** A bundle that breaks off in the middle of its last certificate, as a download that was cut off looks. */
export function truncatedBundle(pki: Pki): string {
  const whole = pki.bundle()
  const last = whole.lastIndexOf('-----BEGIN CERTIFICATE-----')
  return whole.slice(0, last + Math.floor((whole.length - last) / 2))
}

/** A bundle that nobody has tidied up: the root of 2015 is still in it. */
export const bundleWithRetiredRoot = (pki: Pki): string => pki.bundle() + pki.retiredRootPem
