import type { BundleFinding } from '../../ports/bundles.ts'
import { readBundleFile, type BundleFile } from '../../bundle/bundle-file.ts'
import { BundleUnusable } from '../../bundle/bundle-unusable.ts'
import { wrapped } from '../../bundle/text.ts'
import { openWritten, type Written } from '../../bundle/written.ts'
import type { CommonFlags } from '../common.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'
import { stateDirectory } from '../state-directory.ts'
import { join } from 'node:path'

/** `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`. */
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/

/** Refuses what cannot be the name of a Region: a misspelt one would look like one without roots. */
export function demandRegion(region: string | undefined): void {
  if (region === undefined || REGION.test(region)) return
  throw new OperatorError(EXIT.usage, `--region ${region} is no Region: it looks like eu-west-1. Nothing was done.`)
}

/** Runs work whose failures are sentences already, as failures of usage: a path, a file, a format. */
export async function asked<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (error instanceof BundleUnusable) throw new OperatorError(EXIT.usage, error.message, { cause: error })
    throw error
  }
}

export const readAsked = (path: string, region?: string): Promise<BundleFile> =>
  asked(readBundleFile(path, Date.now(), region))

export const writtenBefore = (flags: CommonFlags): Written =>
  openWritten(join(stateDirectory(flags.stateDir).bundles, 'written'))

export const isFatal = (findings: readonly BundleFinding[]): boolean => findings.some(({ fatal }) => fatal)

export const findingLines = (findings: readonly BundleFinding[]): string[] =>
  findings.flatMap(({ fatal, detail }) => wrapped(`${detail}.`, fatal ? 'FATAL: ' : 'note:  '))

/** Refuses a bundle that must not be handed to clients, naming why. */
export function demandSound({ path, findings }: BundleFile): void {
  const fatal = findings.filter((finding) => finding.fatal)
  if (fatal.length === 0) return
  throw new OperatorError(
    EXIT.notProven,
    `${path} is unsound: ${fatal.map(({ detail }) => detail).join('; ')}. Nothing was written. Fetch it again: rds-ca-runbook bundle fetch`,
  )
}

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** How long ago, in the largest unit that says something: `3 days ago`. */
export function ago(at: number, now: number): string {
  const since = Math.max(0, now - at)
  const [unit, size] = UNITS.find(([, ms]) => since >= ms) ?? ['', 0]
  if (size === 0) return 'just now'
  const count = Math.floor(since / size)
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`
}
