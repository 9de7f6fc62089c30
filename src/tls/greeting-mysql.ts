import { BadGreeting, type Dialogue } from './dialogue.ts'

/** https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html */
const CAPABILITY = {
  longPassword: 0x1,
  protocol41: 0x200,
  ssl: 0x800,
  secureConnection: 0x8000,
  pluginAuth: 0x80000,
} as const

const UTF8MB4 = 45
const MAX_PACKET = 16 * 1024 * 1024

/** The SSLRequest packet: the first 32 bytes of a HandshakeResponse41, as packet number 1. */
export const SSL_REQUEST = ((): Buffer => {
  const packet = Buffer.alloc(36)
  packet.writeUIntLE(32, 0, 3)
  packet[3] = 1
  packet.writeUInt32LE(
    Object.values(CAPABILITY).reduce((all, flag) => all | flag, 0),
    4,
  )
  packet.writeUInt32LE(MAX_PACKET, 8)
  packet[12] = UTF8MB4
  return packet
})()

const notMysql = (why: string): BadGreeting =>
  new BadGreeting('NOT_MYSQL', `the server does not speak MySQL (${why}): the engine or the port is not the right one`)

/**
 * What an ERR packet in place of a greeting means. Its text is not shown: anybody on the way may have written it.
 * https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
function refusal(payload: Buffer): BadGreeting {
  if (payload.length < 3) return notMysql('a cut-off error')
  const number = payload.readUInt16LE(1)
  switch (number) {
    case 1129: {
      return new BadGreeting(
        'HOST_BLOCKED',
        'the server blocks this address after too many interrupted connections (error 1129, max_connect_errors), for everybody who connects from it: have somebody run FLUSH HOSTS or truncate performance_schema.host_cache, and do not try again before that',
      )
    }
    case 1130: {
      return new BadGreeting(
        'SERVER_ERROR',
        'the server takes no connections from this address (error 1130): no account allows this host',
      )
    }
    case 1040: {
      return new BadGreeting(
        'SERVER_ERROR',
        'the server has no connection left (error 1040, max_connections): try again when it has',
      )
    }
    default: {
      return new BadGreeting(
        'SERVER_ERROR',
        `the server answered with error ${number} instead of a greeting; see its log`,
      )
    }
  }
}

/** Whether a Protocol::HandshakeV10 offers TLS. Throws {@link BadGreeting} for what is no such packet. */
function offersTls(payload: Buffer): boolean {
  const version = payload[0]
  if (version !== 10) throw notMysql(`protocol version ${version ?? 'missing'}`)
  const end = payload.indexOf(0, 1)
  // Thread id (4), the first part of the scramble (8), a filler (1), then the low half of the capabilities (2).
  const capabilities = end + 1 + 4 + 8 + 1
  if (end < 0 || payload.length < capabilities + 2) throw notMysql('a cut-off greeting')
  return (payload.readUInt16LE(capabilities) & CAPABILITY.ssl) !== 0
}

export const mysqlDialogue: Dialogue = {
  read(received) {
    if (received.length < 4) return 'more'
    const length = received.readUIntLE(0, 3)
    if (received[3] !== 0) throw notMysql(`the first packet has number ${received[3]}`)
    if (length === 0 || length > 1_024) throw notMysql(`a first packet of ${length} bytes`)
    if (received.length < 4 + length) return 'more'
    const payload = received.subarray(4, 4 + length)
    if (payload[0] === 0xff) throw refusal(payload)
    const tls = offersTls(payload)
    // The server must wait for the client now: more was put in by somebody on the way.
    if (received.length > 4 + length)
      throw new BadGreeting(
        'EXTRA_BYTES',
        'the server sent more than its greeting before TLS: somebody on the way may have put it there',
      )
    if (!tls)
      throw new BadGreeting(
        'NO_TLS',
        'the server does not offer TLS (have_ssl is not YES), or something in front of it does not',
      )
    return { send: SSL_REQUEST }
  },
}
