import { isIP } from 'node:net'

/**
 * What libpq takes for an IPv4 address: `inet_aton`, with its octal, hexadecimal and short forms (`0x7f.1`, `127.1`,
 * `192.000.002.001`). Undefined for anything else.
 */
export function inetAton(host: string): Buffer | undefined {
  const parts = host.split('.')
  if (parts.length > 4 || !parts.every((part) => /^(?:0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.test(part))) return undefined
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)))
  const last = numbers.pop() ?? 0
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(last)
  for (const [index, number] of numbers.entries()) bytes[index] = number
  return bytes
}

/** The sixteen bytes of an IPv6 address (`inet_pton`; no zone). Undefined for anything else. */
export function inetPton6(host: string): Buffer | undefined {
  if (isIP(host) !== 6 || host.includes('%')) return undefined
  // URL writes an IPv6 host in its canonical form, and the IPv4 tail in hexadecimal.
  const text = new URL(`http://[${host}]/`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : [])
  const left = groups(head)
  const right = groups(tail)
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return Buffer.from([...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** An address with its port as `net.connect` wants them: `127.0.0.1:5432`, `[::1]:5432`. Undefined when it is neither. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined
}
