import { isIP } from 'node:net'

/** What a name says about the thing behind it. */
export type EndpointKind =
  | { readonly kind: 'rds' | 'proxy' | 'load-balancer'; readonly region: string }
  | { readonly kind: 'local' | 'address' | 'other' }

const REGION = '([a-z]{2,4}(?:-[a-z]+)+-\\d+)'
/** The commercial partition and GovCloud, China, the European Sovereign Cloud. */
const SUFFIX = '\\.amazonaws\\.(?:com|com\\.cn|eu)$'
const AWS = new RegExp(`(?:^|\\.)${REGION}\\.(rds|elb)${SUFFIX}`)
/** In China, databases have it the other way round: `NAME.HASH.rds.cn-north-1.amazonaws.com.cn`. */
const DATABASE_IN_CHINA = new RegExp(`\\.rds\\.${REGION}${SUFFIX}`)
/** So have network load balancers everywhere: `NAME.elb.REGION.amazonaws.com`. */
const NETWORK_LOAD_BALANCER = new RegExp(`\\.elb\\.${REGION}${SUFFIX}`)

export function endpointKind(name: string): EndpointKind {
  const host = name.toLowerCase().replace(/\.$/, '')
  if (host === 'localhost' || host.startsWith('127.') || host === '::1') return { kind: 'local' }
  if (isIP(host) !== 0) return { kind: 'address' }
  const balancer = NETWORK_LOAD_BALANCER.exec(host)
  if (balancer?.[1] !== undefined) return { kind: 'load-balancer', region: balancer[1] }
  const [, region, service] = AWS.exec(host) ?? DATABASE_IN_CHINA.exec(host) ?? []
  if (region === undefined) return { kind: 'other' }
  if (service === 'elb') return { kind: 'load-balancer', region }
  return { kind: /\.proxy-[a-z0-9]+\./.test(host) ? 'proxy' : 'rds', region }
}

/** The Region that an endpoint's name tells; undefined for a name that is not AWS's. */
export function regionOfHost(name: string): string | undefined {
  const found = endpointKind(name)
  return found.kind === 'rds' || found.kind === 'proxy' ? found.region : undefined
}
