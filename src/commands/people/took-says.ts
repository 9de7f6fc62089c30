import { refusalSays } from '../../people/refusals.ts'
import type { Took } from '../../people/take-replies.ts'

const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

/** What became of a reply, in lines for people. */
export function tookSays(took: Took, from: string): string[] {
  const { probed } = took
  const who = probed
    ? `${probed.application}, ${probed.store} on ${probed.host} (${probed.user}, ${instant(probed.ranAt)})`
    : from
  if (took.kind === 'refused') {
    const { says, cure } = refusalSays(took.reason)
    return [`refused: ${who}: ${says}`, `    → ${cure}`]
  }
  const { asked } = took
  const lacking = asked.roots.filter(({ sha1 }) => !took.probed.roots.includes(sha1)).length
  const roots = new Set(asked.roots.map(({ sha1 }) => sha1)).size
  const trusts =
    lacking === 0
      ? `trusts all ${roots} roots that were asked about`
      : `trusts ${took.probed.roots.length} of the ${roots} roots that were asked about`
  return [
    `taken in: ${who}: ${trusts}.`,
    ...took.probed.handshakes.map(({ host, port, result }) => `    ${host}:${port}: ${result}`),
  ]
}
