import { answersDigest } from './asking.ts'
import type { Decisions } from './decisions.ts'
import { judgeEvidence, type Court } from './judge.ts'
import type { Known, KnownApplication } from './known.ts'
import type { Judged } from './position.ts'
import type { Standing } from './standing.ts'
import { digestOf, type Digest } from './words.ts'

/** From worst to best, for a step that is judged for each application. */
const WORST_FIRST: readonly Standing[] = [
  'not-proven',
  'cannot-look',
  'foreign',
  'missing',
  'outdated',
  'waiting',
  'expired',
  'interrupted',
  'running',
  'waived',
  'attested',
  'proven',
  'not-applicable',
]

/** What a look at an application rests on: how it is declared, and what has come back from those who were asked. */
function restsOf({ declared, record }: KnownApplication): Record<string, Digest> {
  const answers = answersDigest(record)
  return { declared, ...(answers && { answers }) }
}

/** How a look stands, for its own subject: the database's, the bundle's, or each application's and the worst of them for all. */
export function judgeLook(
  court: Court,
  known: Known,
  decided: Partial<Decisions>,
): Judged & { applications?: ReadonlyMap<string, Judged> } {
  const { step } = court
  if (step.on === 'database') return judgeEvidence(court, known.record, known.about, court.rests)
  if (step.on === 'bundle') {
    const judged = judgeEvidence(court, known.bundle.record, known.bundle.about, {})
    // What rests on this judgement names the bundle's digest and those that it was judged with.
    return judged.digest ? { ...judged, digest: digestOf({ rests: court.rests, saw: judged.digest }) } : judged
  }
  const applications = new Map<string, Judged>()
  for (const { name } of decided.applications ?? []) {
    const application = known.applications.get(name)
    const judged: Judged = application
      ? judgeEvidence(court, application.record, application.about, restsOf(application), application.about)
      : { standing: 'missing', shortfalls: [], notes: [], until: Infinity }
    const asked = application?.record.asked.at(-1)
    applications.set(name, asked ? { ...judged, asked } : judged)
  }
  const all = [...applications.values()]
  const standing =
    decided.applications === undefined
      ? 'missing'
      : (WORST_FIRST.find((one) => all.some((judged) => judged.standing === one)) ?? 'proven')
  const digests = Object.fromEntries([...applications].map(([name, judged]) => [name, judged.digest]))
  const complete = all.every((judged) => judged.digest)
  return {
    standing,
    ...(complete && { digest: digestOf({ rests: court.rests, saw: digests }) }),
    shortfalls: all.flatMap((judged) => judged.shortfalls),
    notes:
      all.length === 0 && decided.applications
        ? [{ code: 'no-applications', args: {} }]
        : all.flatMap((judged) => judged.notes),
    until: Math.min(Infinity, ...all.map((judged) => judged.until)),
    applications,
  }
}
