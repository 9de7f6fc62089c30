import type { Check } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import type { Certificate } from './certificate.ts'
import { day, shortName } from './describe.ts'

const role = (certificate: Certificate, index: number, path: readonly Certificate[], rooted: boolean): string =>
  index === 0
    ? 'leaf'
    : rooted && index === path.length - 1
      ? 'root'
      : certificate.extensions.basicConstraints?.ca
        ? 'intermediate'
        : 'certificate'

/**
 * Whether every certificate is valid `now`: OpenSSL asks it of the root too. A certificate is over in the second that
 * `notAfter` names, as in OpenSSL's `X509_cmp_time`.
 * @param path leaf first
 * @param rooted whether its last certificate is the trusted root
 */
export function checkDates(path: readonly Certificate[], rooted: boolean, now: Instant): Check {
  const failures = path.flatMap((certificate, index) => {
    const { notBefore, notAfter } = certificate
    const name = `the ${role(certificate, index, path, rooted)} "${shortName(certificate)}"`
    if (notAfter <= now)
      return [{ code: 'expired', certificate: shortName(certificate), detail: `${name} expired on ${day(notAfter)}` }]
    if (notBefore > now)
      return [
        {
          code: 'not-yet-valid',
          certificate: shortName(certificate),
          detail: `${name} is not valid before ${day(notBefore)}`,
        },
      ]
    return []
  })
  const [first] = failures
  return first ? { passed: false, ...first, detail: failures.map(({ detail }) => detail).join('; ') } : { passed: true }
}
