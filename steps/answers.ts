/**
 * What 04 makes of replies: what an application's people ran where it lives, and sent back. A reply is a look from another
 * place, and it is no less bound: to the question, to that place and its store, and to the time at which it was made.
 */
import type { World } from '../src/ports/world.ts'
import { ANSWER_AGE, type Reply } from '../src/rules/asking.ts'
import type { Instant } from '../src/rules/words.ts'
import type { Answered } from './shapes.ts'

export const answeredBy = ({ ranAt, host, user, by }: Reply): Answered => ({ at: ranAt, host, user, takenBy: by.user })

/** A store as a reply tells of it. */
export interface StoreAnswered {
  readonly location: string
  readonly roots: readonly string[]
  readonly handshakes: readonly string[]
  readonly answered: Answered
}

/** The stores that were answered about, by place. */
export async function storesAnswered(world: World, inWorld: string, application: string): Promise<StoreAnswered[]> {
  const replies = await world.answers.of(inWorld, application)
  return replies.map((reply) => ({
    location: `${reply.store} on ${reply.host}`,
    roots: [...reply.roots].sort(),
    handshakes: reply.handshakes.map(({ host, port, result, leaf = '' }) => `${host}:${port} ${result} ${leaf}`),
    answered: answeredBy(reply),
  }))
}

/** Until when what was answered is taken for so. */
export const answerHoldsUntil = ({ at }: Pick<Answered, 'at'>): Instant => at + ANSWER_AGE
