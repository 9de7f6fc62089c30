import type { Instant } from '../rules/words.ts'
import type { Waits } from './checked.ts'
import { utc } from './utc.ts'
import { labelled, wrap } from './wrap.ts'

const WHY = {
  spent:
    'this hour’s anonymous handshakes with this endpoint are made. MySQL counts each until somebody logs in, and blocks this address for everybody after too many.',
  blocked:
    'the server said that it blocks this address (MySQL error 1129), for everybody who connects from it. Have FLUSH HOSTS run, or performance_schema.host_cache truncated.',
} as const

/** That no handshake was made, until when, and what is shown instead. `captured`: when the chain that is shown was captured, if there is one. */
export function waitLines(
  { why, until, oneJudge, more }: Waits,
  captured: Instant | undefined,
  width: number,
): readonly string[] {
  const judged = oneJudge
    ? ' It is judged by another store than then, by our own reading alone: OpenSSL did not see this one.'
    : ''
  const shown =
    captured === undefined
      ? 'No chain captured earlier is here to be judged.'
      : `What follows is the chain captured on ${utc(captured)}, and no proof of what is served now.${judged}`
  return [
    ...wrap(`WAITING until ${utc(until)}: ${WHY[why]}`, width),
    ...wrap(shown, width, '  '),
    ...labelled(
      '  Next:',
      more
        ? 'Wait, or make one more with --once-more: it counts like the others, and an hour has one such.'
        : 'Wait: this hour’s extra handshake was made too.',
      width,
      19,
    ),
    '',
    ...(captured === undefined ? [] : wrap('As it was then:', width)),
  ]
}
