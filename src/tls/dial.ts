import { isIP, Socket } from 'node:net'
import type { Place } from '../ports/wire.ts'
import type { Attempt } from './attempt.ts'
import { splitAddress } from './ip-address.ts'

/** `host:port` of a real endpoint → `address:port` to connect to instead: a tunnel or a bastion. */
export type ConnectMap = ReadonlyMap<string, string>

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: check the port, and the tunnel if there is one',
  ENOTFOUND: 'the name does not exist, or not for the resolver of this machine (a private zone, a VPN)',
  EAI_AGAIN: 'the name server did not answer',
  EHOSTUNREACH: 'there is no route from here: a VPN, a bastion or --connect may be needed',
  ENETUNREACH: 'there is no route from here: a VPN, a bastion or --connect may be needed',
  ETIMEDOUT: 'a firewall or security group may drop the packets',
}

/** Where TCP goes to for an endpoint. Names are compared without regard to case. Throws TypeError for an address that is none. */
export function placeFor(
  host: string,
  port: number,
  connect: ConnectMap,
): { readonly place: Place; readonly host: string; readonly port: number } {
  const wanted = `${host}:${port}`.toLowerCase()
  const address = [...connect].find(([endpoint]) => endpoint.toLowerCase() === wanted)?.[1]
  if (address === undefined) return { place: { kind: 'here' }, host, port }
  const there = splitAddress(address)
  if (!there) throw new TypeError(`"${address}", to connect to instead of ${wanted}, is not ADDRESS:PORT`)
  return { place: { kind: 'connect', address }, ...there }
}

const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'ERR_CONNECTION'
}

/** Opens TCP to an endpoint. Resolves with a socket that has no listeners but one that keeps errors from being thrown. */
export async function dial(
  endpoint: { readonly host: string; readonly port: number },
  connect: ConnectMap,
  attempt: Attempt,
): Promise<{ readonly socket: Socket; readonly place: Place }> {
  const { place, host, port } = placeFor(endpoint.host, endpoint.port, connect)
  const socket = new Socket()
  // An error may come at any later time, when nobody waits for this socket any more.
  socket.on('error', () => undefined)
  if (isIP(host) !== 0) attempt.stage = 'connect'
  try {
    await attempt.wait<void>((resolve, reject) => {
      const onLookup = (error: Error | null): void => {
        if (!error) attempt.stage = 'connect'
      }
      const onError = (error: Error): void => {
        const code = codeOf(error)
        const where = place.kind === 'connect' ? `${attempt.target} (through ${place.address})` : attempt.target
        const advice = ADVICE[code]
        reject(attempt.failure(code, `cannot connect to ${where}: ${code}${advice ? `; ${advice}` : ''}`, error))
      }
      socket.on('lookup', onLookup).once('connect', resolve).once('error', onError)
      socket.setNoDelay(true).connect({ host, port })
      return () => socket.off('lookup', onLookup).off('connect', resolve).off('error', onError)
    })
    return { socket, place }
  } catch (error) {
    socket.destroy()
    throw error
  }
}
