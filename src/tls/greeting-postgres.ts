import { BadGreeting, type Dialogue } from './dialogue.ts'

/**
 * PostgreSQL's SSLRequest: length 8, code 80877103.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export const SSL_REQUEST = Buffer.from([0x00, 0x00, 0x00, 0x08, 0x04, 0xd2, 0x16, 0x2f])

const [YES, NO, ERROR] = [0x53, 0x4e, 0x45]

const SSH = Buffer.from('SSH-')

/** A MySQL server speaks first, and its greeting may begin with a length that reads `S`, `N` or `E`: 83, 78 or 69 bytes. */
const soundsLikeMysql = (received: Buffer): boolean =>
  received.length >= 5 &&
  received[1] === 0 &&
  received[2] === 0 &&
  received[3] === 0 &&
  (received[4] === 10 || received[4] === 0xff)

export const postgresDialogue: Dialogue = {
  opening: SSL_REQUEST,
  read(received) {
    if (soundsLikeMysql(received))
      throw new BadGreeting('NOT_POSTGRES', 'the server speaks MySQL: the engine or the port is not the right one')
    // An SSH server speaks first too, and its first letter is the one that agrees to TLS.
    if (received.length > 1 && received.subarray(0, 4).equals(SSH.subarray(0, received.length)))
      throw new BadGreeting('NOT_POSTGRES', 'the server speaks SSH: the port is not the right one')
    if (received[0] === ERROR) {
      // Its text is not shown: before TLS anybody on the way may have written it (CVE-2024-10977).
      throw new BadGreeting(
        'SERVER_ERROR',
        'the server answered the request for TLS with an error: it may be out of connections or starting; see its log',
      )
    }
    if (received[0] !== YES && received[0] !== NO)
      throw new BadGreeting(
        'NOT_POSTGRES',
        'the server does not speak PostgreSQL: the engine or the port is not the right one',
      )
    // Exactly one byte may come before TLS: more was put in by somebody on the way (CVE-2021-23222).
    if (received.length > 1)
      throw new BadGreeting(
        'EXTRA_BYTES',
        'the server sent more than one byte before TLS: somebody on the way may have put it there',
      )
    if (received[0] === NO)
      throw new BadGreeting('NO_TLS', 'the server does not offer TLS (ssl = off), or something in front of it does not')
    return {}
  },
}
