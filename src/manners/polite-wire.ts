import { HandshakesWait, type Wire, type WireProof, type WireQuestion } from '../ports/wire.ts'
import { capture, proofOf, type CaptureOptions } from '../tls/capture.ts'
import { endpointOf, type Handshakes, type LogInLook } from './handshakes.ts'
import { askedOf } from './saved-capture.ts'

export interface PoliteWireOptions {
  readonly wire: CaptureOptions
  readonly handshakes: Handshakes
  /** One log-in as the question's credentials say, at once ended; throws when there was no handshake. */
  readonly logIn: (question: WireQuestion) => Promise<LogInLook<unknown>>
}

/**
 * The wire, with manners on MySQL: handshakes that no log-in follows are few, counted, and one at a time; with credentials the log-in is
 * the probe. PostgreSQL counts nothing, and is looked at as often as is asked.
 */
export const politeWire = ({ wire, handshakes, logIn }: PoliteWireOptions): Wire => {
  const look = async (question: WireQuestion): Promise<WireProof> => {
    if (question.credentials) {
      const looked = await handshakes.logIn(question, () => logIn(question))
      return { ...proofOf(looked.capture, question), by: 'log-in', handshakes: looked.handshakes }
    }
    const looked = await handshakes.anonymous(question, () => capture(question, wire))
    return { ...proofOf(looked.capture, question), handshakes: looked.handshakes }
  }

  /** OpenSSL gave its verdict for one set of roots and one name: for others there would be one judge alone, which is no proof. */
  const keptProof = (question: WireQuestion): WireProof | undefined => {
    const { since } = question
    const kept = since === undefined ? undefined : handshakes.kept(endpointOf(question))
    if (!kept || since === undefined || kept.capture.at < since || kept.asked !== askedOf(question)) return undefined
    return { ...proofOf(kept.capture, question), handshakes: kept.handshakes }
  }

  return {
    async verify(question) {
      if (question.engine !== 'mysql') return proofOf(await capture(question, wire), question)
      try {
        return await look(question)
      } catch (error) {
        const kept = error instanceof HandshakesWait ? keptProof(question) : undefined
        if (!kept) throw error
        return kept
      }
    },
  }
}
