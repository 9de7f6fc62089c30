import type { Duplex } from 'node:stream'
import type { CannotReach, WireEngine } from '../ports/wire.ts'
import type { Attempt } from './attempt.ts'
import { BadGreeting, type Dialogue } from './dialogue.ts'
import { postgresDialogue } from './greeting-postgres.ts'
import { mysqlDialogue } from './greeting-mysql.ts'

const DIALOGUES: Readonly<Record<WireEngine, Dialogue>> = { postgres: postgresDialogue, mysql: mysqlDialogue }

/** No server says more than this before TLS. */
const MAX_BYTES = 4_096

/** A server's offer of TLS: all that it has said, and what the client says to take it. */
export interface Offer {
  readonly greeting: Buffer
  readonly answer?: Buffer
}

/** Waits until a server offers TLS. What it says after that waits in the stream. Throws {@link CannotReach}. */
export async function offerOfTls(stream: Duplex, engine: WireEngine, attempt: Attempt): Promise<Offer> {
  attempt.stage = 'greeting'
  const dialogue = DIALOGUES[engine]
  const refuse = (error: unknown): CannotReach =>
    error instanceof BadGreeting
      ? attempt.failure(error.code, `${attempt.target}: ${error.message}`)
      : attempt.failure('CLOSED', `${attempt.target} closed the connection before it offered TLS`, error)

  return attempt.wait<Offer>((resolve, reject) => {
    let received = Buffer.alloc(0)
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      try {
        if (received.length > MAX_BYTES)
          throw new BadGreeting(
            engine === 'mysql' ? 'NOT_MYSQL' : 'NOT_POSTGRES',
            'the server says more before TLS than any database does',
          )
        const answer = dialogue.read(received)
        if (answer === 'more') return
        // Before anything else: what arrives from now on must wait for TLS, not be lost.
        stream.off('data', onData).pause()
        resolve({ greeting: received, ...(answer.send && { answer: answer.send }) })
      } catch (error) {
        reject(refuse(error))
      }
    }
    const onClose = (): void => reject(refuse(undefined))
    const onError = (error: Error): void => reject(refuse(error))
    stream.on('data', onData).once('end', onClose).once('close', onClose).once('error', onError)
    if (dialogue.opening) stream.write(dialogue.opening)
    return () => stream.off('data', onData).off('end', onClose).off('close', onClose).off('error', onError)
  })
}

/** Asks a server for TLS. When it resolves, the next byte in either direction is TLS's. Throws {@link CannotReach}. */
export async function askForTls(stream: Duplex, engine: WireEngine, attempt: Attempt): Promise<void> {
  const { answer } = await offerOfTls(stream, engine, attempt)
  if (answer) stream.write(answer)
}
