import { isIP } from 'node:net'

/** What a name says about the thing behind it. */
export type EndpointKind =
  | { readonly kind: 'rds' | 'proxy' | 'load-balancer'; readonly region: string }
  | { readonly kind: 'local' | 'address' | 'other' }

const AWS = /(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d+)\.(rds|elb)\.amazonaws\.com(?:\.cn)?$/
/** A network load balancer has its Region the other way round: `NAME.elb.REGION.amazonaws.com`. */
const NETWORK_LOAD_BALANCER = /\.elb\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/

export function endpointKind(name: string): EndpointKind {
  const host = name.toLowerCase().replace(/\.$/, '')
  if (host === 'localhost' || host.startsWith('127.') || host === '::1') return { kind: 'local' }
  if (isIP(host) !== 0) return { kind: 'address' }
  const balancer = NETWORK_LOAD_BALANCER.exec(host)
  if (balancer?.[1] !== undefined) return { kind: 'load-balancer', region: balancer[1] }
  const [, region, service] = AWS.exec(host) ?? []
  if (region === undefined) return { kind: 'other' }
  if (service === 'elb') return { kind: 'load-balancer', region }
  return { kind: /\.proxy-[a-z0-9]+\./.test(host) ? 'proxy' : 'rds', region }
}

/** The Region that an endpoint's name tells; undefined for a name that is not AWS's. */
export function regionOfHost(name: string): string | undefined {
  const found = endpointKind(name)
  return found.kind === 'rds' || found.kind === 'proxy' ? found.region : undefined
}
