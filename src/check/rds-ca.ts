/** One of Amazon's certificate authorities for databases, as a certificate's subject names it. */
export interface RdsCa {
  /** As the API calls it: `rds-ca-rsa2048-g1`. */
  readonly id: string
  /** Absent for the root of 2019, which was one for all Regions. */
  readonly region?: string
  /** A root of Amazon's own test environments, which no customer's database has. */
  readonly preview: boolean
}

const REGION = '[a-z]{2}(?:-[a-z]+)+-\\d+'

/** `Amazon RDS eu-west-1 Root CA RSA2048 G1`, `Amazon RDS us-east-1 Subordinate CA RSA2048 G1.A.5`. */
const GENERATION = new RegExp(
  `(?:^|, )CN=Amazon RDS (Beta |Preview )?(${REGION}) (?:Root|Subordinate) CA (RSA2048|RSA4096|ECC384) (G\\d+)(?:\\.[A-Z]\\.\\d+)?(?:,|$)`,
)
/** `Amazon RDS Root 2019 CA`, `Amazon RDS eu-west-1 2019 CA`: all expired by October 2024. */
const OF_2019 = new RegExp(`(?:^|, )CN=Amazon RDS (Beta |Preview )?(?:(${REGION}) )?(?:Root )?2019 CA(?:,|$)`)

/**
 * Which of Amazon's CAs a subject or issuer names. A name proves nothing by itself: only a root that is trusted is what it
 * says it is.
 */
export function rdsCaOf(name: string): RdsCa | undefined {
  const current = GENERATION.exec(name)
  if (current) {
    const [, preview, region = '', key = '', generation = ''] = current
    return { id: `rds-ca-${key}-${generation}`.toLowerCase(), region, preview: preview !== undefined }
  }
  const old = OF_2019.exec(name)
  if (!old) return undefined
  const [, preview, region] = old
  return { id: 'rds-ca-2019', preview: preview !== undefined, ...(region !== undefined && { region }) }
}

export const rdsCaText = ({ id, region, preview }: RdsCa): string =>
  `${id}${region === undefined ? '' : ` of ${region}`}${preview ? ", of Amazon's own test environment" : ''}`

/**
 * The public authorities from which ACM's certificates come: what RDS Proxy and Aurora Serverless v1 serve.
 * https://www.amazontrust.com/repository/
 */
export const isAmazonPublic = (name: string): boolean =>
  /(?:^|, )O=Amazon(?:,|$)/.test(name) ||
  /(?:^|, )CN=Starfield Services Root Certificate Authority - G2(?:,|$)/.test(name)
