import { applicationsOf } from '../config/applications.ts'
import type { DeclaredApplication } from '../ports/world.ts'
import { CannotReadStore, type TrustStoreLocation, type TrustStores } from '../ports/trust-stores.ts'
import { DIRECT_USE, judgeStore, type JudgedStore, type StoreUse } from '../stores/judged-store.ts'
import { storeLines, unreadLines, useLines } from '../stores/report.ts'
import { storeJson, unreadJson } from '../stores/report-json.ts'
import { together, type Wanted } from '../stores/wanted.ts'
import type { AskPassword } from '../tls/stores/passwords.ts'
import { openTrustStores } from '../tls/stores/open-trust-stores.ts'
import { askHidden } from '../ui/plain/ask-hidden.ts'
import { terminalOf } from '../ui/terminal.ts'
import { asciiOnly } from '../ui/view/ascii.ts'
import { asksFor, configOf, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { interruptedLooking, OperatorError } from './operator-error.ts'
import { givenStore } from './trust-stores/given-store.ts'
import { measuresFor, type Measures } from './trust-stores/what-is-wanted.ts'

export interface TrustStoresFlags extends CommonFlags {
  readonly store?: readonly string[]
  readonly bundle?: string
}

const WIDEST = 100
const NARROWEST = 60

/** A store to look at, whose it is, and what is wanted of it. */
interface Due {
  readonly use: StoreUse
  /** Undefined: the application verifies and nobody has declared with what. */
  readonly location: TrustStoreLocation | undefined
  readonly wanted: readonly Wanted[]
  /** It was named on the command line: what is wrong with it is wrong with the command line. */
  readonly given: boolean
}

const useOf = ({ name, owner, verification, route }: DeclaredApplication): StoreUse => ({
  application: name,
  ...(owner && { owner: owner.name }),
  verification,
  route,
})

async function dueOf(application: DeclaredApplication, measures: Measures): Promise<readonly Due[]> {
  const wanted = await Promise.all(application.databases.map((name) => measures.database(name)))
  const due = { use: useOf(application), wanted: together(wanted.flat()), given: false }
  const stores = application.trustStores
  return stores.length === 0 ? [{ ...due, location: undefined }] : stores.map((location) => ({ ...due, location }))
}

function chosen(
  names: readonly string[],
  applications: ReadonlyMap<string, DeclaredApplication>,
): DeclaredApplication[] {
  const unknown = names.filter((name) => !applications.has(name))
  if (unknown.length > 0)
    throw new OperatorError(
      EXIT.usage,
      `No application is declared under ${unknown.join(', ')}. ${applications.size === 0 ? 'The configuration declares none.' : `Declared are: ${[...applications.keys()].join(', ')}.`}`,
    )
  return names.length === 0 ? [...applications.values()] : names.flatMap((name) => applications.get(name) ?? [])
}

async function dueBy(names: readonly string[], flags: TrustStoresFlags): Promise<readonly Due[]> {
  const config = configOf(flags)
  const measures = await measuresFor(flags, config, Date.now())
  const given = flags.store ?? []
  const applications = given.length > 0 && names.length === 0 ? [] : chosen(names, applicationsOf(config))
  const wanted = (await measures.region()) ?? []
  const all: Due[] = []
  for (const each of given)
    all.push({ use: DIRECT_USE, location: await givenStore(each), wanted: [wanted].flat(), given: true })
  for (const application of applications) all.push(...(await dueOf(application, measures)))
  if (all.length > 0) return all
  throw new OperatorError(
    EXIT.usage,
    'There is no trust store to look at: declare applications in rds-ca-runbook.config.yaml, or name a store with --store KIND:PATH.',
  )
}

type Looked = { readonly due: Due } & (
  | { readonly store: JudgedStore }
  | { readonly code: string; readonly message: string }
)

const NOT_DECLARED =
  'It verifies, and nobody has declared with which trust store. Declare its trustStores, or have its owner attest it in 04.'

/** Whether an application needs none: what it uses does not come into a rotation. */
const needsNone = ({ verification, route }: StoreUse): boolean =>
  route === 'rds-proxy' || verification === 'none' || verification === 'plain'

async function look(due: Due, stores: TrustStores, signal: AbortSignal): Promise<Looked> {
  const { use, location, wanted } = due
  if (!location) return { due, code: 'NOT_DECLARED', message: NOT_DECLARED }
  try {
    const seen = await stores.read(location, signal)
    return { due, store: judgeStore(location.kind, seen, use, wanted, Date.now()) }
  } catch (error) {
    if (!(error instanceof CannotReadStore)) throw error
    return { due, code: error.code, message: error.message }
  }
}

function lines(looked: Looked, width: number): readonly string[] {
  if ('store' in looked) return storeLines(looked.store, width)
  const { location, use } = looked.due
  if (!location && needsNone(use)) return ['  needs none: this rotation cannot break it']
  return unreadLines(location ? location.kind : 'no trust store is declared', looked.message, width)
}

const json = (looked: Looked): object =>
  'store' in looked
    ? storeJson(looked.store)
    : unreadJson(looked.due.use, looked.due.location?.kind ?? 'none', looked.code, looked.message)

function codeOf(looked: Looked): ExitCode {
  if (!('store' in looked))
    return looked.due.given ? EXIT.usage : needsNone(looked.due.use) ? EXIT.done : EXIT.notProven
  const { verdict } = looked.store
  return verdict === 'good' || verdict === 'not-needed' ? EXIT.done : EXIT.notProven
}

/** Asks on the terminal, where there is one; output may be a file, so the question goes to standard error. */
function asker(signal: AbortSignal): AskPassword | undefined {
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) return undefined
  return (store, again) => {
    const question = `${again ? 'That is not it. ' : ''}Password of the trust store ${store} (not shown, not saved; Enter: none): `
    return askHidden(question, { stdin, stdout: stderr }, signal)
  }
}

/** `trust-stores`: what is in each trust store, and what it is good for. Sends nothing and saves nothing. */
export async function trustStores(
  names: readonly string[],
  flags: TrustStoresFlags,
  signal: AbortSignal,
): Promise<ExitCode> {
  try {
    return await lookAtEach(names, flags, signal)
  } catch (error) {
    throw signal.aborted ? interruptedLooking(error) : error
  }
}

async function lookAtEach(names: readonly string[], flags: TrustStoresFlags, signal: AbortSignal): Promise<ExitCode> {
  const asJson = asksFor(flags) === 'json'
  const ask = asJson ? undefined : asker(signal)
  const stores = openTrustStores({ now: Date.now, ...(ask && { ask }) })
  const { unicode } = terminalOf({ stdin: process.stdin, stdout: process.stdout }, process.env)
  const width = Math.max(NARROWEST, Math.min(WIDEST, process.stdout.columns ?? 80))
  const codes: ExitCode[] = []
  let before: StoreUse | undefined
  for (const due of await dueBy(names, flags)) {
    const looked = await look(due, stores, signal)
    codes.push(codeOf(looked))
    if (asJson) output.json(json(looked))
    else {
      const heading = due.use.application === before?.application ? [] : useLines(due.use, width)
      for (const line of [...(before ? [''] : []), ...heading, ...lines(looked, width)])
        output.line(unicode ? line : asciiOnly(line))
    }
    before = due.use
  }
  return codes.includes(EXIT.usage) ? EXIT.usage : codes.includes(EXIT.notProven) ? EXIT.notProven : EXIT.done
}
