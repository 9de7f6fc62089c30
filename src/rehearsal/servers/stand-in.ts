import { createServer, type Server, type Socket } from 'node:net'

import type { StandIn } from '../data-plane.ts'
import type { Family } from './served-leaf.ts'

/** MySQL's first packet: protocol 10, and among the capabilities TLS (0x0800), as MariaDB 10.11 sends it. */
const MYSQL_GREETING = packet(
  Buffer.concat([
    Buffer.from([10]),
    Buffer.from('10.11.8-MariaDB\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    Buffer.from([0xff, 0xff, 45, 2, 0, 0xff, 0xdf, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0mysql_native_password\0'),
  ]),
)

/** ER_HOST_IS_BLOCKED in MySQL's words. The packet comes instead of a greeting, so it has no SQL state. */
const HOST_BLOCKED = packet(
  Buffer.concat([
    Buffer.from([0xff, 1129 & 0xff, 1129 >> 8]),
    Buffer.from(
      "Host '127.0.0.1' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'",
    ),
  ]),
)

function packet(payload: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, payload])
}

const ANSWERS: Readonly<Record<StandIn, (socket: Socket, family: Family) => void>> = {
  'ssh-server': (socket) => socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n'),
  silent: (socket) => socket.resume(),
  'silent-in-tls': (socket, family) => {
    if (family === 'mysql') socket.write(MYSQL_GREETING)
    else socket.once('data', () => socket.write('S'))
    socket.resume()
  },
  'hangs-up': (socket) => socket.end(),
  'host-blocked': (socket) => socket.end(HOST_BLOCKED),
}

/** Something on loopback that answers in a database's place. */
export class StandInServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(is: StandIn, family: Family) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      // Clients give up, which is nothing to this one.
      socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket))
      ANSWERS[is](socket, family)
    })
  }

  /** Listens on this port of 127.0.0.1. Throws what the operating system throws. */
  static async open(is: StandIn, family: Family, port: number): Promise<StandInServer> {
    const made = new StandInServer(is, family)
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', reject).listen({ host: '127.0.0.1', port }, resolve)
    })
    return made
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
