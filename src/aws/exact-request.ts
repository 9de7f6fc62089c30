/** The request that would be sent is not the one that was confirmed. */
export class NotExact extends Error {
  override readonly name = 'NotExact'
}

/**
 * Throws {@link NotExact} unless a serialized request says exactly what its input says, and nothing else: the SDK drops without a word
 * what it does not know, and what is sent has to be what was shown and confirmed.
 */
export function assertExact(request: unknown, input: object): void {
  const { body }: { body?: unknown } = Object(request)
  const { Action, Version, ...sent } = Object.fromEntries(new URLSearchParams(typeof body === 'string' ? body : ''))
  const wanted = Object.entries(input).map(([name, value]: [string, unknown]): [string, string] => [
    name,
    String(value),
  ])
  const same = wanted.length === Object.keys(sent).length && wanted.every(([name, value]) => sent[name] === value)
  if (Action && Version && same) return
  throw new NotExact(
    `Bug: the request that would be sent (${Action} with ${Object.keys(sent).join(', ')}) is not the one that was confirmed (${Object.keys(input).join(', ')}); nothing has been sent`,
  )
}
