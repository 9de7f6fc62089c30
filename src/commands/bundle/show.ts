import { kindOf } from '../../bundle/authority.ts'
import { summaryOf, type Entry, type Summary } from '../../bundle/summary.ts'
import { several, wrapped } from '../../bundle/text.ts'
import { day, shortName } from '../../tls/describe.ts'
import { table } from '../../ui/view/table.ts'
import { asksFor, output, type CommonFlags } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { demandRegion, findingLines, isFatal, readAsked } from './shared.ts'

/** Instants as text: this JSON is for `jq` and eyes. */
export const entryJson = (entry: Entry): object => ({
  ...entry,
  notBefore: new Date(entry.notBefore).toISOString(),
  notAfter: new Date(entry.notAfter).toISOString(),
})

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'

function overview(summary: Summary): string[] {
  const { kinds, firstExpiry, lastExpiry, expired } = summary
  const kindWords = [
    `${several(kinds.root, 'root')} of ${several(summary.regions.length, 'Region')}`,
    ...(kinds.preview > 0 ? [`${kinds.preview} of Amazon's test environments`] : []),
    ...(kinds.intermediate > 0 ? [several(kinds.intermediate, 'intermediate')] : []),
    ...(kinds.other > 0 ? [`${kinds.other} that are no CAs`] : []),
  ]
  const ends =
    firstExpiry === undefined || lastExpiry === undefined
      ? 'all have expired'
      : `the first on ${day(firstExpiry)}, the last on ${day(lastExpiry)}${expired > 0 ? `; ${expired} expired` : ''}`
  return [
    ...wrapped(kindWords.join(', '), '  holds    '),
    ...wrapped(counted(summary.cas), '  CAs      '),
    ...wrapped(counted(summary.keys), '  keys     '),
    `  expiry   ${ends}`,
    `  SHA-256  ${summary.sha256}`,
  ]
}

/** One line a Region, the CAs beside each other. */
function regionTable(entries: readonly Entry[]): string[] {
  const cas = [...new Set(entries.flatMap(({ ca }) => (ca === undefined ? [] : [ca])))].sort()
  const regions = [...new Set(entries.flatMap(({ region }) => (region === undefined ? [] : [region])))].sort()
  const until = (region: string, ca: string): string => {
    const ends = entries.filter((one) => one.region === region && one.ca === ca).map(({ notAfter }) => day(notAfter))
    return ends.join(' ') || '-'
  }
  return table([
    ['Region', ...cas.map((ca) => ca.replace('rds-ca-', ''))],
    ...regions.map((region) => [region, ...cas.map((ca) => until(region, ca))]),
  ])
}

const inDetail = ({ ca, subject, key, notAfter, sha1, sha256 }: Entry): string[] => [
  `  ${ca ?? subject}: ${key}, until ${day(notAfter)}`,
  `    SHA-1    ${sha1}`,
  `    SHA-256  ${sha256}`,
]

/** `bundle show FILE`: what is in a bundle, and whether it is sound. */
export async function show(file: string, flags: CommonFlags): Promise<ExitCode> {
  const now = Date.now()
  demandRegion(flags.region)
  const bundle = await readAsked(file, flags.region)
  const summary = summaryOf(bundle, now)
  const code = isFatal(summary.findings) ? EXIT.notProven : EXIT.done
  if (asksFor(flags) === 'json') {
    const { firstExpiry, lastExpiry, entries, ...rest } = summary
    output.json({
      ...rest,
      ...(firstExpiry !== undefined && { firstExpiry: new Date(firstExpiry).toISOString() }),
      ...(lastExpiry !== undefined && { lastExpiry: new Date(lastExpiry).toISOString() }),
      entries: entries.map((entry) => entryJson(entry)),
    })
    return code
  }
  output.line(`${file}: ${several(summary.certificates, 'certificate')}, ${summary.bytes} bytes`)
  for (const line of [...overview(summary), ...findingLines(summary.findings)]) output.line(line)
  output.line('')
  if (flags.region !== undefined) {
    const own = summary.entries.filter(({ region }) => region === flags.region)
    output.line(`Roots of ${flags.region} (the SHA-1 is what describe-certificates calls Thumbprint):`)
    for (const line of own.flatMap((entry) => inDetail(entry))) output.line(line)
    if (own.length === 0) output.line('  none')
    return code
  }
  if (summary.regions.length > 0) {
    output.line('Until when the roots are valid (--region NAME shows their thumbprints):')
    for (const line of regionTable(summary.entries)) output.line(line)
  }
  const others = bundle.certificates.filter((one) => kindOf(one) !== 'root' && kindOf(one) !== 'preview')
  if (others.length > 0) output.line('Not roots:')
  for (const one of others)
    for (const line of wrapped(`${shortName(one)}, until ${day(one.notAfter)}`, '  ')) output.line(line)
  return code
}
