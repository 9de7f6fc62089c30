import { difference, type Difference } from '../../bundle/difference.ts'
import type { Entry } from '../../bundle/summary.ts'
import { several, wrapped } from '../../bundle/text.ts'
import { day } from '../../tls/describe.ts'
import { table } from '../../ui/view/table.ts'
import { asksFor, output, type CommonFlags } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { readAsked } from './shared.ts'
import { entryJson } from './show.ts'

const nameOf = ({ region, ca, name }: Entry): [string, string] => (region && ca ? [region, ca] : ['-', name])

const list = (entries: readonly Entry[]): string[] =>
  table(entries.map((one) => [`  ${nameOf(one)[0]}`, nameOf(one)[1], `until ${day(one.notAfter)}`]))

const part = (title: string, entries: readonly Entry[]): string[] =>
  entries.length === 0 ? [] : [`${title} (${entries.length}):`, ...list(entries), '']

const regionsOf = (entries: readonly Entry[]): string =>
  [...new Set(entries.map(({ region }) => region ?? 'no Region'))].sort().join(', ')

/** What the difference means for whoever is about to rotate, or to hand B to clients. */
export function meaning({ added, removed, retired, replaced, regionsAdded }: Difference): string[] {
  const said: string[] = []
  if (added.length + removed.length + retired.length + replaced.length === 0)
    said.push('Both hold the same certificates: for clients there is no difference.')
  if (removed.length > 0)
    said.push(
      `B lacks ${several(removed.length, 'root')} still valid (${regionsOf(removed)}). A client that has B alone refuses every database whose certificate ends at one of them. Before clients take B, see which CA the databases there have (aws rds describe-db-instances --query "DBInstances[].[DBInstanceIdentifier,CACertificateIdentifier]"), or let clients keep both.`,
    )
  if (replaced.length > 0)
    said.push(
      `${several(replaced.length, 'root')} in B ${replaced.length === 1 ? 'has' : 'have'} the name of one in A and ${replaced.length === 1 ? 'is another certificate' : 'are other certificates'} (${regionsOf(replaced.map(([, one]) => one))}). Compare the thumbprints with: aws rds describe-certificates. Until all databases there serve the new one, clients need both.`,
    )
  const elsewhere = added.filter(
    ({ kind, region }) => kind !== 'preview' && (region === undefined || !regionsAdded.includes(region)),
  )
  if (elsewhere.length > 0)
    said.push(
      `${several(elsewhere.length, 'certificate')} new where A knew some already (${regionsOf(elsewhere)}): clients need B before a database there is moved to such a CA.`,
    )
  if (regionsAdded.length > 0)
    said.push(
      `New with B: ${regionsAdded.join(', ')}. It concerns whoever has databases there, replicas and global databases too, and nobody else.`,
    )
  if (retired.length > 0)
    said.push(
      `${several(retired.length, 'certificate')} that B lacks had expired, or belonged to AWS's own test environments: no client can miss ${retired.length === 1 ? 'it' : 'them'}.`,
    )
  if (added.length > 0 && removed.length + replaced.length === 0)
    said.push('B holds all of A that is valid: clients may take it at any time, before any rotation.')
  return said
}

/** `bundle diff A B`: exit 4 when B lacks a valid root of A, or has another certificate in its place. */
export async function diff(a: string, b: string, flags: CommonFlags): Promise<ExitCode> {
  const now = Date.now()
  const [before, after] = [await readAsked(a), await readAsked(b)]
  const found = difference(before, after, now)
  const { added, removed, retired, replaced, kept } = found
  const code = removed.length + replaced.length > 0 ? EXIT.notProven : EXIT.done
  const means = meaning(found)
  if (asksFor(flags) === 'json') {
    output.json({
      a: { file: a, sha256: before.sha256, certificates: before.certificates.length },
      b: { file: b, sha256: after.sha256, certificates: after.certificates.length },
      kept,
      added: added.map((one) => entryJson(one)),
      removed: removed.map((one) => entryJson(one)),
      retired: retired.map((one) => entryJson(one)),
      replaced: replaced.map(([one, other]) => [entryJson(one), entryJson(other)]),
      regionsAdded: found.regionsAdded,
      regionsRemoved: found.regionsRemoved,
      means,
    })
    return code
  }
  const lines = [
    `A  ${a}: ${several(before.certificates.length, 'certificate')}`,
    `B  ${b}: ${several(after.certificates.length, 'certificate')}`,
    `${kept} are in both.`,
    '',
    ...part('Only in B', added),
    ...part('Only in A, and valid', removed),
    ...part('Only in A, expired or of AWS’s test environments', retired),
    ...part(
      'Another certificate under the same name',
      replaced.map(([, one]) => one),
    ),
    ...means.flatMap((sentence) => wrapped(sentence)),
  ]
  for (const line of lines) output.line(line)
  return code
}
