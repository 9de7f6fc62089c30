/**
 * The applications' own checks, which 05 and 09 run: each connects with what its application really uses. One that says that it takes its
 * roots from RDS_CA_BUNDLE is run under negative controls too: what connects without the root that is served, or under a wrong name,
 * proves nothing.
 */
import type { ApplicationCheck, CheckQuestion, CheckResult } from '../src/ports/application-checks.ts'
import type { Bundle } from '../src/ports/bundles.ts'
import type { World } from '../src/ports/world.ts'
import type { ApplicationOnRecord } from '../src/rules/decisions.ts'
import type { Allowance, Shortfall } from '../src/rules/evidence.ts'
import type { Reason } from '../src/rules/words.ts'
import { verifies } from './04-trust-stores.ts'
import { checkResult, z, type Endpoint } from './shapes.ts'
import { reasonsOf } from './text.ts'

const CONTROLS = ['withoutServedRoot', 'wrongName'] as const
/**
 * `unanswered`: it did not end by itself, or could not be run: that it did not connect says nothing of certificates then.
 * `not-made`: the endpoint's name could not be resolved here, so there was no other name for the same server.
 */
const control = z.enum(['refused', 'passed', 'unanswered', 'not-made'])
type Control = z.infer<typeof control>

export const checksBasis = {
  /** Whether each application's own check connected. */
  checks: z.record(z.string(), z.boolean()),
  /** The negative controls of those that can be run under them. */
  checkControls: z.optional(z.record(z.string(), z.partialRecord(z.enum(CONTROLS), control))),
}
export const checksDetail = { checks: z.record(z.string(), checkResult) }

const basisSchema = z.object(checksBasis)
const detailSchema = z.object(checksDetail)
export interface ChecksFacts {
  readonly basis: z.infer<typeof basisSchema>
  readonly detail: z.infer<typeof detailSchema>
}
type Controls = NonNullable<ChecksFacts['basis']['checkControls']>[string]

export const checksText = {
  'check-passes-without-root': {
    says: 'The check of {application} connects without the root that is served, too: it does not verify with RDS_CA_BUNDLE, and proves nothing.',
    cure: 'Let it take its roots from RDS_CA_BUNDLE and from nowhere else. If it is to use the application’s own store, take `honours: bundle` out of its declaration: then 04 speaks for the store.',
  },
  'check-passes-under-wrong-name': {
    says: 'The check of {application} connects under a wrong name, too: it does not verify the host name, and the application is declared verify-full.',
    cure: 'Let it connect to RDS_CA_HOST as the application does, with the name verified; or declare verify-ca, if the application verifies no name.',
  },
  'check-control-not-made': {
    says: 'The check of {application} was not tried under a wrong name: the endpoint’s name cannot be resolved here.',
    cure: 'It was tried without the root that is served, which is what this rotation turns on. To try the name too, look from where the endpoint’s name resolves.',
  },
  'check-control-unanswered': {
    says: 'The check of {application} gave no answer {how}: it was ended after its time, was killed, or could not be run. So it is not known whether it verifies.',
    cure: 'Let it end by itself with another code than 0 when it cannot connect, within its time (`timeout`), then look again.',
  },
  'check-not-direct': {
    says: '{application} comes through {route}, which is not in the way here: its check is run against its own database alone.',
    cure: '',
  },
  'no-check': {
    says: '{application} has no check of its own; its trust store (04) stands for it.',
    cure: 'Declare a check when you can.',
  },
  'chain-only': {
    says: '{application} is proven by its chain alone: it does not check the host name (verify-ca).',
    cure: '',
  },
  'saw-check': { says: 'Check of {application}: {ended} {output}', cure: '' },
  'saw-check-controls': {
    says: 'Negative controls of the check of {application}: without the served root {withoutServedRoot}, under a wrong name {wrongName}.',
    cure: '',
  },
} as const
const { reason, short } = reasonsOf({ ...checksText, 'check-failed': { says: '', cure: '' } })

/** Whether there is a proxy or pooler between an application and its database. */
export const isBetween = ({ route }: ApplicationOnRecord): boolean => route === 'rds-proxy' || route === 'pooler'

export interface ChecksLook {
  readonly target: Endpoint
  /** It is the application's own database that is looked at, and not a twin. */
  readonly own: boolean
  readonly bundle: Bundle
  /** SHA-1 of the root that is served, where the chain ends at one. */
  readonly root: string | undefined
  readonly applications: readonly ApplicationOnRecord[]
}

/** A shell's own codes for a program that it found, and could not run, and for one that it did not find. */
const COULD_NOT_RUN = new Set(['126', '127'])

/** What a control says: only a check that ended by itself, with a code of its own, has refused. */
function answerOf({ passed, ended }: Pick<CheckResult, 'passed' | 'ended'>): Control {
  if (passed) return 'passed'
  return /^\d+$/.test(ended) && !COULD_NOT_RUN.has(ended) ? 'refused' : 'unanswered'
}

async function controlsOf(
  world: World,
  question: CheckQuestion,
  { verification }: ApplicationOnRecord,
  { bundle, root }: ChecksLook,
): Promise<Controls> {
  const others = bundle.certificates.filter(({ sha1 }) => sha1 !== root).map(({ pem }) => pem)
  const withoutRoot = await world.checks.run({ ...question, bundle: { roots: others } })
  const controls: Controls = { withoutServedRoot: answerOf(withoutRoot) }
  // Who checks no name passes under any: by nature, and not by mistake.
  if (verification !== 'verify-full') return controls
  const host = await world.checks.addressOf(question.host)
  if (host === undefined) return { ...controls, wrongName: 'not-made' }
  const wrongName = await world.checks.run({ ...question, host })
  return { ...controls, wrongName: answerOf(wrongName) }
}

/** Runs the check of each application that verifies, one after another: they share the machine with the operator. */
export async function runChecks(world: World, look: ChecksLook, signal: AbortSignal): Promise<ChecksFacts> {
  const checks: ChecksFacts['detail']['checks'] = {}
  const checkControls: Record<string, Controls> = {}
  for (const application of look.applications) {
    const { name, verification, host = look.target.host } = application
    const check = checkFor(world, application, look)
    if (!check || !verifies(verification)) continue
    const { port } = look.target
    const question = {
      check,
      host: look.own ? host : look.target.host,
      port,
      bundle: { file: look.bundle.file },
      signal,
    }
    const { passed, ended, output, ms } = await world.checks.run(question)
    checks[name] = { passed, ended, output, ms }
    if (passed && check.honours && look.root !== undefined)
      checkControls[name] = await controlsOf(world, question, application, look)
  }
  return {
    basis: {
      checks: Object.fromEntries(Object.entries(checks).map(([name, { passed }]) => [name, passed])),
      ...(Object.keys(checkControls).length > 0 && { checkControls }),
    },
    detail: { checks },
  }
}

/** What stands in between is in front of the application's own database alone. */
const checkFor = (world: World, application: ApplicationOnRecord, { own }: ChecksLook): ApplicationCheck | undefined =>
  isBetween(application) && !own ? undefined : world.applications.get(application.name)?.check

const PASSED_CONTROL = {
  withoutServedRoot: 'check-passes-without-root',
  wrongName: 'check-passes-under-wrong-name',
} as const
const UNDER = { withoutServedRoot: 'without the root that is served', wrongName: 'under a wrong name' } as const

/** What the checks lack. `args`: what the step's own sentence about a check that failed is filled in with. */
export function checkShortfalls(
  { basis, detail }: ChecksFacts,
  applications: readonly ApplicationOnRecord[],
  allows: Allowance,
  args: Readonly<Record<string, string>> = {},
): Shortfall[] {
  return applications.flatMap(({ name: application }) => {
    if (basis.checks[application] === false) {
      const ended = detail.checks[application]?.ended ?? 'unknown'
      return [short('check-failed', allows, { application, ...args, ended })]
    }
    const controls = basis.checkControls?.[application] ?? {}
    return CONTROLS.flatMap((one) => {
      if (controls[one] === 'passed') return [short(PASSED_CONTROL[one], allows, { application })]
      if (controls[one] === 'unanswered')
        return [short('check-control-unanswered', allows, { application, how: UNDER[one] })]
      return []
    })
  })
}

/** What a person should know of applications whose checks say nothing, or not all. */
export function checkNotes({ basis }: ChecksFacts, applications: readonly ApplicationOnRecord[]): Reason[] {
  return applications
    .filter(({ verification }) => verifies(verification))
    .flatMap((one) => {
      const { name: application, verification, route = 'direct' } = one
      const unchecked = basis.checks[application] === undefined
      const notMade = basis.checkControls?.[application]?.wrongName === 'not-made'
      return [
        ...(unchecked
          ? [isBetween(one) ? reason('check-not-direct', { application, route }) : reason('no-check', { application })]
          : []),
        ...(notMade ? [reason('check-control-not-made', { application })] : []),
        ...(verification === 'verify-ca' ? [reason('chain-only', { application })] : []),
      ]
    })
}

export const checksTell = ({ basis, detail }: ChecksFacts): readonly Reason[] => [
  ...Object.entries(detail.checks).map(([application, { ended, output }]) =>
    reason('saw-check', { application, ended, output }),
  ),
  ...Object.entries(basis.checkControls ?? {}).map(([application, controls]) =>
    reason('saw-check-controls', { application, withoutServedRoot: 'not tried', wrongName: 'not tried', ...controls }),
  ),
]
