import { isIP } from 'node:net'
import type { WireEngine } from '../ports/wire.ts'
import { splitAddress } from '../tls/ip-address.ts'
import type { Target } from './checked.ts'

/** The command line does not say what is to be checked. The message says what to add. */
export class UnclearTarget extends Error {
  override readonly name = 'UnclearTarget'
}

const PORTS: Readonly<Record<WireEngine, number>> = { postgres: 5432, mysql: 3306 }

/** `HOST`, `HOST:PORT`, `[IPV6]:PORT`, or a bare IPv6 address. */
function splitHost(text: string): { readonly host: string; readonly port?: number } {
  if (isIP(text) === 6) return { host: text }
  const withPort = splitAddress(text)
  if (withPort && !/[\s/@]/.test(withPort.host)) return withPort
  const bare = /^\[([^\]]+)\]$/.exec(text)?.[1] ?? text
  if (bare === '' || /[\s:/@]/.test(isIP(bare) === 6 ? '' : bare))
    throw new UnclearTarget(
      `"${text}" is not HOST or HOST:PORT, for example db.abc123.eu-west-1.rds.amazonaws.com:5432.`,
    )
  return { host: bare }
}

/** `IP`, `IP:PORT`, `NAME:PORT`: where TCP goes to. Without a port, the endpoint's own. */
function addressFor(text: string, port: number): string {
  if (splitAddress(text)) return text
  if (isIP(text) === 6) return `[${text}]:${port}`
  if (isIP(text) === 4) return `${text}:${port}`
  throw new UnclearTarget(`--address ${text}: must be an address or ADDRESS:PORT, for example 127.0.0.1:15432.`)
}

export interface TargetFlags {
  readonly engine?: WireEngine
  readonly name?: string
  readonly address?: string
  readonly directTls?: boolean
}

/** What is to be checked. The engine is told by the usual port where it is not said. Throws {@link UnclearTarget}. */
export function targetOf(text: string, { engine: said, name, address, directTls }: TargetFlags): Target {
  const { host, port: given } = splitHost(text)
  const engine = said ?? (['postgres', 'mysql'] as const).find((each) => PORTS[each] === given)
  if (!engine)
    throw new UnclearTarget(
      given === undefined
        ? `Which engine is ${host}? Add its port (5432 for PostgreSQL, 3306 for MySQL and MariaDB) or --engine.`
        : `Port ${given} tells no engine: add --engine postgres or --engine mysql (MariaDB too).`,
    )
  if (directTls && engine !== 'postgres')
    throw new UnclearTarget('--direct-tls is PostgreSQL’s alone: leave it out for MySQL and MariaDB.')
  const port = given ?? PORTS[engine]
  return {
    engine,
    host,
    port,
    name: name ?? host,
    ...(directTls && { direct: true as const }),
    ...(address !== undefined && { address: addressFor(address, port) }),
  }
}
