import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { put } from '../../bundle/put.ts'
import { globalUrl, partitionOf, regionalUrl } from '../../bundle/regional-url.ts'
import { several, wrapped } from '../../bundle/text.ts'
import { summaryOf } from '../../bundle/summary.ts'
import { readBundleFile } from '../../bundle/bundle-file.ts'
import { CannotFetch, type Bundle } from '../../ports/bundles.ts'
import { openBundles } from '../../tls/open-bundles.ts'
import { asksFor, fileOf, output, type CommonFlags } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'
import { stateDirectory } from '../state-directory.ts'
import { ago, asked, demandRegion, findingLines, isFatal, writtenBefore } from './shared.ts'

export interface FetchFlags extends CommonFlags {
  /** All Regions of the partition, also where a Region is named. */
  readonly global?: boolean
  readonly out?: string
  readonly force?: boolean
  /** What was saved by an earlier fetch, and no network. */
  readonly offline?: boolean
}

interface Wanted {
  readonly name: string
  readonly says: string
  readonly url: string
}

function wantedBy({ region, global, bundleUrl }: FetchFlags): Wanted {
  demandRegion(region)
  if (bundleUrl !== undefined && !/^https:\/\/./i.test(bundleUrl))
    throw new OperatorError(
      EXIT.usage,
      `--bundle-url ${bundleUrl} is not an https URL: what anything else gives could be anybody's. Nothing was fetched.`,
    )
  const partition = region === undefined ? 'aws' : partitionOf(region)
  const own = region !== undefined && global !== true
  const url = own ? regionalUrl(region, bundleUrl) : partition ? globalUrl(partition, bundleUrl) : bundleUrl
  if (url === undefined)
    throw new OperatorError(
      EXIT.usage,
      `AWS publishes no address for the trust bundle of ${region}: name one with --bundle-url.`,
    )
  return own
    ? { name: region, says: `the bundle of ${region}`, url }
    : partition
      ? { name: `global-${partition}`, says: `the global bundle of the partition ${partition}`, url }
      : { name: `global-${region}`, says: `the global bundle of ${region}’s partition`, url }
}

interface Had {
  readonly bundle: Bundle
  /** Why it is not fresh; absent when it is. */
  readonly because?: string
}

/** The bundle from AWS; failing that, or when asked to, the one that an earlier fetch saved. */
async function had(wanted: Wanted, flags: FetchFlags, signal: AbortSignal): Promise<Had> {
  const bundles = openBundles({
    directory: join(stateDirectory(flags.stateDir).bundles, 'fetched'),
    url: wanted.url,
    now: Date.now,
    ...(flags.bundleCa && { ca: fileOf('--bundle-ca', flags.bundleCa) }),
  })
  const failure = flags.offline
    ? new CannotFetch('OFFLINE', 'With --offline nothing is fetched.')
    : await bundles.fetch(wanted.name, signal).catch((error: unknown) => {
        if (error instanceof CannotFetch) return error
        throw error
      })
  if (!(failure instanceof CannotFetch)) return { bundle: failure }
  const bundle = await bundles.saved(wanted.name)
  if (bundle) return { bundle, because: failure.message }
  throw new CannotFetch(
    failure.code,
    `${failure.message} There is none from an earlier fetch either: fetch it on a machine with a network, and use the file.`,
    { cause: failure },
  )
}

/**
 * `bundle fetch`: exit 0 with the bundle as AWS publishes it now (or, with --offline, the saved one), 5 with the saved one because AWS
 * could not be reached, 4 when what came must not be used.
 */
export async function fetch(flags: FetchFlags, signal: AbortSignal): Promise<ExitCode> {
  const now = Date.now()
  const wanted = wantedBy(flags)
  const { bundle, because } = await had(wanted, flags, signal)
  const read = await asked(readBundleFile(bundle.file, now, flags.region))
  const sound = !isFatal(read.findings)
  const outcome =
    sound && flags.out !== undefined
      ? await asked(
          put(
            flags.out,
            { kind: 'file', bytes: await readFile(bundle.file) },
            { force: flags.force === true, written: writtenBefore(flags) },
          ),
        )
      : undefined
  const code = sound ? (because !== undefined && !flags.offline ? EXIT.unreachable : EXIT.done) : EXIT.notProven
  const summary = summaryOf(read, now)
  if (asksFor(flags) === 'json') {
    output.json({
      fresh: because === undefined,
      ...(because !== undefined && { because }),
      source: bundle.source,
      fetchedAt: new Date(bundle.fetchedAt).toISOString(),
      file: bundle.file,
      sha256: bundle.sha256,
      certificates: summary.certificates,
      regions: summary.regions,
      findings: summary.findings,
      ...(outcome && { out: flags.out, outcome }),
    })
    return code
  }
  const age = `fetched ${ago(bundle.fetchedAt, now)}, on ${new Date(bundle.fetchedAt).toISOString().slice(0, 16)}Z`
  const lines = [
    ...(because === undefined
      ? wrapped(`Fetched ${wanted.says}: ${wanted.url}`)
      : wrapped(`${because} This is ${wanted.says} as saved, ${age}.`)),
    ...wrapped(
      `${several(summary.certificates, 'certificate')} of ${several(summary.regions.length, 'Region')}, SHA-256`,
      '  ',
    ),
    `  ${bundle.sha256}`,
    ...findingLines(summary.findings),
    ...wrapped(bundle.file, sound ? 'saved:   ' : 'kept for you to look at: '),
    ...(outcome ? wrapped(flags.out ?? '', outcome === 'unchanged' ? 'as it was: ' : 'written: ') : []),
    ...(sound
      ? []
      : wrapped(
          'It must not be used, and was not written anywhere else. Look for a proxy that changes what passes, and fetch again.',
        )),
  ]
  for (const line of lines) output.line(line)
  return code
}
