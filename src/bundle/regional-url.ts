import { bundleUrl } from '../tls/bundle-url.ts'

const GLOBAL = /\/global\/global-bundle\.pem$/

/**
 * The URL of a Region's own bundle (its three roots), which lies beside the global one of its partition:
 * `/eu-west-1/eu-west-1-bundle.pem`. Undefined where AWS publishes no URL for the partition.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 * @param override as in {@link bundleUrl}: an exact URL of a `.pem`, which is then what is fetched, else a base
 */
export function regionalUrl(region: string, override?: string): string | undefined {
  const url = bundleUrl(region, override)
  return url === override ? url : url?.replace(GLOBAL, `/${region}/${region}-bundle.pem`)
}

/** A Region that stands for its partition where none is named. */
const OF_PARTITION = { aws: 'us-east-1', 'aws-us-gov': 'us-gov-west-1', 'aws-cn': 'cn-north-1' } as const
export type Partition = keyof typeof OF_PARTITION

/**
 * The partition of a Region: each has a global bundle of its own, and none holds the roots of another. Undefined for the isolated and
 * sovereign ones, of which AWS publishes none.
 */
export function partitionOf(region: string): Partition | undefined {
  if (bundleUrl(region) === undefined) return undefined
  return region.startsWith('us-gov-') ? 'aws-us-gov' : region.startsWith('cn-') ? 'aws-cn' : 'aws'
}

/** The URL of a partition's global bundle. */
export const globalUrl = (partition: Partition, override?: string): string | undefined =>
  bundleUrl(OF_PARTITION[partition], override)
