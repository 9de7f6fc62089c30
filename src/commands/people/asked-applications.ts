import { dirname } from 'node:path'
import type { BundleFacts } from '../../../steps/03-bundle.ts'
import type { IdentifyFacts } from '../../../steps/01-identify.ts'
import { verifies } from '../../../steps/04-trust-stores.ts'
import type { DeclaredApplication } from '../../ports/world.ts'
import type { AskedAbout, AskedEndpoint, AskedRoot } from '../../rules/asking.ts'
import type { Assessment } from '../../rules/assess.ts'
import { isMet } from '../../rules/standing.ts'
import { EMPTY_RECORD, type SubjectRecord } from '../../rules/record.ts'
import { sameSubject, subjectKey, type Subject } from '../../rules/words.ts'
import { applicationSubject, type Desk } from '../../runner/desk.ts'
import { openBundles } from '../../tls/open-bundles.ts'
import type { Session } from '../../ui/session.ts'

/** A database that an application connects to, as its rotation stands. */
export interface OfApplication {
  readonly desk: Desk
  readonly assessment: Assessment
  /** What 01 and 03 saw; absent before they have looked. */
  readonly identify?: IdentifyFacts
  readonly bundle?: BundleFacts
}

/** One application in one account, with everything on record that concerns asking its people. */
export interface ApplicationOfSession {
  readonly subject: Subject
  readonly declared: DeclaredApplication
  readonly databases: readonly OfApplication[]
  readonly record: SubjectRecord
}

const identifyOf = (assessment: Assessment): IdentifyFacts | undefined =>
  assessment.steps.get('identify')?.facts as IdentifyFacts | undefined
const bundleOf = (assessment: Assessment): BundleFacts | undefined =>
  assessment.steps.get('bundle')?.facts as BundleFacts | undefined

function ofApplication(desk: Desk): OfApplication {
  const assessment = desk.assess()
  const identify = identifyOf(assessment)
  const bundle = bundleOf(assessment)
  return { desk, assessment, ...(identify && { identify }), ...(bundle && { bundle }) }
}

/** The declared applications that a session's databases name, by account: each has one journal there. */
export function applicationsOfSession(
  { databases }: Pick<Session, 'databases'>,
  applications: ReadonlyMap<string, DeclaredApplication>,
): readonly ApplicationOfSession[] {
  const found = new Map<
    string,
    { subject: Subject; declared: DeclaredApplication; databases: OfApplication[]; record: SubjectRecord }
  >()
  for (const { desk } of databases) {
    const one = ofApplication(desk)
    const known = desk.known().applications
    for (const { name } of one.assessment.decided.applications ?? []) {
      const declared = applications.get(name)
      if (!declared) continue
      const subject = applicationSubject(desk.about.subject, name)
      const record = known.get(name)?.record ?? EMPTY_RECORD
      const entry = found.get(subjectKey(subject)) ?? { subject, declared, databases: [], record }
      entry.databases.push(one)
      found.set(subjectKey(subject), entry)
    }
  }
  return [...found.values()]
}

/** Whether a change of CA concerns it at all: behind RDS Proxy, or without verifying, it does not meet the certificate. */
export const isConcerned = ({ declared: { verification, route } }: ApplicationOfSession): boolean =>
  verifies(verification) && route !== 'rds-proxy'

/** Whether a database serves already what it is to serve: by 01, or because its change has settled. A renewal keeps the CA. */
export function isOnTarget({ assessment: { sequence, steps, decided }, identify }: OfApplication): boolean {
  const settled = steps.get('settle') ?? steps.get('renewed')
  if (settled && isMet(settled.standing)) return true
  return sequence !== 'leaf-renewal' && identify !== undefined && identify.basis.ca === decided.target?.ca
}

/** What 05 looks at for a database: its twin (of a cluster the first member), or itself where there is none. Undefined while that is not decided. */
export function endpointFor(
  { assessment, identify }: OfApplication,
  session: Pick<Session, 'databases'>,
): AskedEndpoint | undefined {
  const { twin } = assessment.decided
  const surety = twin && twin !== 'none' ? (twin.members?.[0] ?? twin) : undefined
  const of = surety && session.databases.find(({ desk }) => sameSubject(desk.about.subject, surety.subject))?.desk
  const facts = of ? identifyOf(of.assess()) : twin === 'none' ? identify : undefined
  if (!facts?.basis.endpoint || facts.basis.family === 'other') return undefined
  return { ...facts.basis.endpoint, engine: facts.basis.family }
}

/** The roots of the Region in the bundle that 03 proved; none where that is gone from this disk. */
export async function rootsOnDisk({ bundle }: OfApplication): Promise<readonly AskedRoot[]> {
  if (!bundle) return []
  const { region, roots } = bundle.basis
  const bundles = openBundles({ directory: dirname(bundle.detail.file), now: () => bundle.detail.fetchedAt })
  const saved = await bundles.saved(region, bundle.detail.sha256)
  return (saved?.certificates ?? [])
    .filter(({ sha1 }) => roots.includes(sha1))
    .map(({ sha1, sha256 }) => ({ region, sha1, sha256 }))
}

export interface Askable extends AskedAbout {
  /** The databases that cannot be asked about yet: nobody has looked at their 01 and 03. */
  readonly notYet: readonly string[]
}

/** What an application's people are asked about now. */
export async function askedAbout(
  application: ApplicationOfSession,
  session: Pick<Session, 'databases'>,
  rootsOf: (database: OfApplication) => Promise<readonly AskedRoot[]>,
): Promise<Askable> {
  const endpoints = new Map<string, AskedEndpoint>()
  const wanted = new Map<string, AskedRoot>()
  const notYet: string[] = []
  for (const one of application.databases) {
    const found = await rootsOf(one)
    if (!one.identify || found.length === 0) notYet.push(one.desk.about.name)
    for (const root of found) wanted.set(`${root.region} ${root.sha256}`, root)
    const endpoint = endpointFor(one, session)
    if (endpoint) endpoints.set(`${endpoint.host}:${endpoint.port}`, endpoint)
  }
  return { endpoints: [...endpoints.values()], roots: [...wanted.values()], notYet }
}
