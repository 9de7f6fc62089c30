/** The patterns by which a session is told to be an application's: names with `*`, addresses, and networks. */

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')

/** Whether a name is what a pattern says: `*` stands for any text, also for none; everything else for itself. */
export const matchesName = (pattern: string, name: string): boolean =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '.*')}$`, 's').test(name)

/** An IPv4 or IPv6 address as its bits, IPv4 within `::ffff:0:0/96`; undefined for anything else. */
function bitsOf(address: string): bigint | undefined {
  const dotted = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address)
  if (dotted) {
    const bytes = dotted.slice(1).map(Number)
    if (bytes.some((byte) => byte > 255)) return undefined
    return bytes.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0xffffn)
  }
  const [head = '', tail, more] = address.split('::')
  if (more !== undefined) return undefined
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : [])
  const left = groups(head)
  const right = groups(tail)
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const all = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

interface Network {
  readonly bits: bigint
  /** How many of the 128 bits count. */
  readonly length: number
}

function networkOf(pattern: string): Network | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(pattern)
  const bits = match?.[1] === undefined ? undefined : bitsOf(match[1])
  if (bits === undefined || !match?.[1]) return undefined
  const width = match[1].includes(':') ? 128 : 32
  const length = match[2] === undefined ? width : Number(match[2])
  return length <= width ? { bits, length: 128 - width + length } : undefined
}

/** Whether it can stand for addresses: an IP address, a network in CIDR form, or a host name with or without `*`. */
export const isAddressPattern = (pattern: string): boolean =>
  networkOf(pattern) !== undefined || (/^[\w.*:-]+$/.test(pattern) && !/^[\d.:]+$/.test(pattern))

/** The network of so many bits around an address, in CIDR form; what is no address, a host's name, stays what it is. */
export function networkAround(address: string, v4: number, v6: number): string {
  const bits = networkOf(address)?.bits
  if (bits === undefined) return address
  const isV4 = bits >> 32n === 0xffffn
  const rest = BigInt(isV4 ? 32 - v4 : 128 - v6)
  const first = (bits >> rest) << rest
  if (isV4) return `${[24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 0xffn).join('.')}/${v4}`
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((first >> shift) & 0xffffn).toString(16))
  return `${groups.join(':')}/${v6}`
}

/**
 * Whether an address, or every address of a network, is what a pattern says. Servers that look names up show a host's name in place of
 * its address. A pattern of names says nothing of a network: `10.0.*` would be the text of one that is wider than what it stands for.
 */
export function matchesAddress(pattern: string, address: string): boolean {
  const network = networkOf(pattern)
  if (!network) return !address.includes('/') && matchesName(pattern.toLowerCase(), address.toLowerCase())
  const asked = networkOf(address)
  if (!asked || asked.length < network.length) return false
  const rest = BigInt(128 - network.length)
  return asked.bits >> rest === network.bits >> rest
}
