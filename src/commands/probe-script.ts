import { probeOf, type ProbeKind } from '../people/probe/probe.ts'
import type { AskedEndpoint, ProbeEngine } from '../rules/asking.ts'
import { regionOfHost } from '../check/endpoint-kind.ts'
import { targetOf, UnclearTarget } from '../check/target.ts'
import { calledBy } from '../rules/step.ts'
import { openBundles } from '../tls/open-bundles.ts'
import { output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'
import { askedAbout, endpointFor, type ApplicationOfSession, type OfApplication } from './people/asked-applications.ts'
import { storesDeclared } from './people/probe-files.ts'
import { putQuestion } from './people/put-question.ts'
import { named, peopleSession, type PeopleSession } from './people/session-applications.ts'
import { stateDirectory } from './state-directory.ts'

export interface ProbeScriptFlags extends CommonFlags {
  readonly kind?: ProbeKind
  readonly application?: string
  readonly database?: string
  readonly host?: string
  readonly engine?: ProbeEngine
}

const usage = (message: string): OperatorError => new OperatorError(EXIT.usage, message)

/** By its name, or by the longer one that tells it from another of that name. */
const isCalled = ({ desk: { about } }: OfApplication, name: string | undefined): boolean =>
  name === about.name || name === calledBy(about)

/** The one that has the database, where one is named: an application can be in several accounts. */
function inAccount(found: readonly ApplicationOfSession[], flags: ProbeScriptFlags): ApplicationOfSession {
  const fitting = found.filter(
    ({ databases }) => flags.database === undefined || databases.some((each) => isCalled(each, flags.database)),
  )
  const [first, ...more] = fitting
  const name = flags.application ?? ''
  if (!first)
    throw usage(
      `${name} connects to no database "${flags.database}" that is on record. On record are: ${found.flatMap(({ databases }) => databases.map(({ desk }) => desk.about.name)).join(', ')}.`,
    )
  if (more.length > 0) throw usage(`${name} is in several accounts: name one of its databases with --database.`)
  return first
}

function endpointsOf(
  one: ApplicationOfSession,
  all: readonly AskedEndpoint[],
  database: string | undefined,
  { session }: PeopleSession,
): readonly AskedEndpoint[] {
  if (database === undefined) return all
  const endpoint = one.databases.filter((each) => isCalled(each, database)).map((each) => endpointFor(each, session))[0]
  return endpoint ? [endpoint] : []
}

/** The probe of a declared application. Its question is put on record: what is not cannot be answered. */
async function forApplication(kind: ProbeKind, flags: ProbeScriptFlags): Promise<string> {
  const people = await peopleSession(flags)
  const one = inAccount(named(people, flags.application ?? ''), flags)
  const about = await askedAbout(one, people.session, people.rootsOf)
  if (about.roots.length === 0)
    throw new OperatorError(
      EXIT.closed,
      `It is not known yet which roots to ask about: look at 01 and 03 of ${about.notYet.join(' or ')} first (Enter in the wizard, or plan).`,
    )
  const journal = await people.progress.open(one.subject)
  const question = await putQuestion(journal, about, { now: Date.now(), anew: false })
  const endpoints = endpointsOf(one, about.endpoints, flags.database, people)
  const { name } = one.declared
  return probeOf(kind, { application: name, question, endpoints, stores: storesDeclared(one.declared) })
}

/** A probe of any endpoint, for a person to read: it answers no question, and counts for nothing. */
async function forHost(kind: ProbeKind, flags: ProbeScriptFlags): Promise<string> {
  try {
    const { host, port, engine } = targetOf(flags.host ?? '', flags.engine ? { engine: flags.engine } : {})
    const region = flags.region ?? regionOfHost(host)
    if (region === undefined) throw usage(`--host ${host}: name the Region whose roots are looked for with --region.`)
    const bundles = openBundles({ directory: stateDirectory(flags.stateDir).bundles, now: Date.now })
    const bundle = await bundles.saved(region)
    if (!bundle)
      throw usage(`There is no bundle of ${region} here: rds-ca-runbook bundle fetch --region ${region}, then again.`)
    const roots = bundle.certificates
      .filter((one) => one.selfSigned && (one.region === region || !one.region))
      .map(({ sha1, sha256 }) => ({ region, sha1, sha256 }))
    const question = { question: 'none', nonce: '', roots }
    return probeOf(kind, { application: host, question, endpoints: [{ host, port, engine }], stores: [] })
  } catch (error) {
    if (error instanceof UnclearTarget) throw usage(error.message)
    throw error
  }
}

/** `probe-script`: one self-contained file to run where an application lives, on standard output. */
export async function probeScript(flags: ProbeScriptFlags): Promise<ExitCode> {
  const kind = flags.kind ?? 'node'
  if ((flags.application === undefined) === (flags.host === undefined))
    throw usage('Name what the probe is about: --application NAME, or --host HOST[:PORT].')
  const script = await (flags.application === undefined ? forHost(kind, flags) : forApplication(kind, flags))
  output.line(script.trimEnd())
  return EXIT.done
}
