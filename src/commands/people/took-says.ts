import { refusalSays } from '../../people/refusals.ts'
import type { Took } from '../../people/take-replies.ts'
import { utc } from '../../ui/view/duration.ts'

/** What became of a reply, in lines for people. */
export function tookSays(took: Took, from: string): string[] {
  const { probed } = took
  const seen = probed ? ` (${probed.store} on ${probed.host}, as ${probed.user}, ${utc(probed.ranAt)})` : ''
  if (took.kind === 'refused') {
    const { says, cure } = refusalSays(took.reason)
    const became = took.reason.code === 'duplicate' ? 'passed over' : 'refused'
    return [`${became}: ${probed?.application ?? from}: ${says}${seen}`, `    → ${cure}`]
  }
  const { roots, handshakes, application } = took.probed
  const asked = new Set(took.asked.roots.map(({ sha1 }) => sha1))
  const trusts = roots.length === asked.size ? `all ${asked.size} roots` : `${roots.length} of the ${asked.size} roots`
  return [
    `taken in: ${application} trusts ${trusts} that were asked about${seen}`,
    ...handshakes.map(({ host, port, result }) => `    ${host}:${port}: ${result}`),
  ]
}
