/**
 * Where AWS publishes trust bundles. The global bundle of a partition holds the roots of all its Regions, which
 * cross-Region replicas and failovers need too; it does not hold those of another partition.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
const PARTITIONS: readonly { readonly region: RegExp; readonly base: string }[] = [
  { region: /^us-gov-/, base: 'https://truststore.pki.us-gov-west-1.rds.amazonaws.com' },
  { region: /^cn-/, base: 'https://rds-truststore.s3.cn-north-1.amazonaws.com.cn' },
  { region: /^(?!us-iso|eu-isoe|eusc-)[a-z]{2}-[a-z]+-\d+$/, base: 'https://truststore.pki.rds.amazonaws.com' },
]

const GLOBAL_BUNDLE = '/global/global-bundle.pem'

/**
 * The URL of a Region's bundle; undefined where AWS publishes no URL for its partition.
 * @param override an exact URL when its path ends in `.pem`, else a base below which bundles lie as they do at AWS
 */
export function bundleUrl(region: string, override?: string): string | undefined {
  if (override !== undefined && /\.pem$/i.test(override.replace(/[?#].*$/, ''))) return override
  const base = override ?? PARTITIONS.find((partition) => partition.region.test(region))?.base
  return base === undefined ? undefined : base.replace(/\/+$/, '') + GLOBAL_BUNDLE
}
