import { setTimeout as wait } from 'node:timers/promises'
import { familyOf } from '../../steps/01-identify.ts'
import { logIn } from '../../steps/02-census.ts'
import { watch } from '../census/watch.ts'
import { openTallyFiles, type TallyWriter } from '../progress/tally-files.ts'
import { CannotLogIn, type SqlSession } from '../ports/sql.ts'
import { CannotReach } from '../ports/wire.ts'
import { CannotFetch } from '../ports/bundles.ts'
import { mayUseTls } from '../rules/census.ts'
import { isAccountedFor } from '../rules/clients.ts'
import { CannotLook } from '../rules/step.ts'
import type { Tally } from '../rules/tally.ts'
import type { Session, SessionDatabase } from '../ui/session.ts'
import { uiFor, type UiKind } from '../ui/terminal.ts'
import { sentenceOf } from '../ui/view/sentences.ts'
import { utc } from '../ui/view/duration.ts'
import { comparedBy, whoseOf, type Compared } from './census/compared.ts'
import { frontFor, type CensusFront } from './census/fronts.ts'
import { asksFor, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { terminal } from './front.ts'
import { databaseNamed } from './database-named.ts'
import { OperatorError } from './operator-error.ts'
import { stateDirectory } from './state-directory.ts'
import { accountSession } from './wizard.ts'

export interface CensusFlags extends CommonFlags {
  /** Milliseconds. */
  readonly for?: number
  readonly every?: number
  readonly sinceRotation?: boolean
}

const EVERY = 60_000
/** More often than this, watching would be a load of its own. */
const LEAST = 1_000

/** The watch that goes on: the one that was begun before and is not over, else a new one. */
function planned(tally: Tally | undefined, flags: CensusFlags, now: number): NonNullable<Tally['watch']> | undefined {
  if (flags.for === undefined) return undefined
  const before = tally?.watch
  return before && before.until > now ? before : { began: now, until: now + flags.for }
}

function takeTally({ desk }: SessionDatabase, flags: CensusFlags): TallyWriter {
  const writer = openTallyFiles(stateDirectory(flags.stateDir).sightings).take(desk.about.subject)
  if (writer) return writer
  throw new OperatorError(
    EXIT.closed,
    `Another program watches ${desk.about.name} already, and two would overwrite each other. Nothing was done. Let it end, or end it.`,
  )
}

/** Who is on TLS and nobody's, or, after a rotation, has not come back: then it is looked at and not proven. */
function codeOf(tally: Tally, compared: Compared | undefined, whose: ReturnType<typeof whoseOf>): ExitCode {
  if (compared) return allAreBack(compared) ? EXIT.done : EXIT.notProven
  const open = tally.sightings.some(
    (one) => mayUseTls(one) && !isAccountedFor(one, whose.applications, whose.accounted),
  )
  return tally.whole && !open ? EXIT.done : EXIT.notProven
}

/** The database, as AWS lists it now. Throws OperatorError where there is nothing to log in to. */
function reachable(session: Session, name: string) {
  const { desk, record } = databaseNamed(session, name)
  if (!record) throw new OperatorError(EXIT.unreachable, `AWS does not list ${name} just now. Nothing was done.`)
  const { endpoint, engine } = record
  if (!endpoint)
    throw new OperatorError(EXIT.unreachable, `AWS gives no endpoint for ${name}: it is being created, or has none.`)
  return { desk, record, engine, endpoint }
}

/** Everything that a watch goes by, once it is known who is watched and where it is shown. */
interface Watched {
  readonly front: CensusFront
  readonly logIn: (signal: AbortSignal) => Promise<SqlSession>
  readonly writer: TallyWriter
  readonly plan: NonNullable<Tally['watch']> | undefined
  readonly every: number
  readonly enough?: (tally: Tally) => boolean
}

/** Watches to the end, or until the operator leaves: then what was seen last counts. */
async function watchThem(
  { front, logIn: open, writer, plan, every, enough }: Watched,
  signal: AbortSignal,
): Promise<Tally | undefined> {
  const stopped = AbortSignal.any([signal, front.left])
  let last = writer.tally
  try {
    return await watch({
      logIn: () => open(stopped),
      tally: writer.tally,
      save: (tally) => writer.save(plan ? { ...tally, watch: plan } : tally),
      every,
      until: plan?.until,
      now: Date.now,
      sleep: (ms) => wait(ms, undefined, { signal: stopped }),
      notify(event) {
        if (event.kind === 'sampled') last = event.tally
        front.show(event)
      },
      signal: stopped,
      ...(enough && { enough }),
    })
  } catch (error) {
    if (!front.left.aborted || signal.aborted) throw error
    return last
  }
}

const allAreBack = (compared: Compared | undefined): boolean =>
  compared !== undefined && compared.missing.length + compared.withoutTls.length === 0

/**
 * `census DATABASE`: who is connected, once or over time. What is seen is kept, and 02 and 10 take it in. Changes nothing on the server,
 * needs no lock on the database's rotation, and goes on after a kill.
 */
export async function census(name: string, flags: CensusFlags, signal: AbortSignal): Promise<ExitCode> {
  const every = flags.every ?? EVERY
  if (every < LEAST) throw new OperatorError(EXIT.usage, '--every must be at least 1s: each sample is a query.')
  const session = await accountSession({ ...flags, execute: false }, signal)
  const { desk, record, engine, endpoint } = reachable(session, name)
  const world = await desk.deps.worlds.open(desk.about.subject)
  const whose = whoseOf(desk)
  const facts = terminal()
  const writer = takeTally({ desk, record }, flags)
  const plan = planned(writer.tally, flags, Date.now())
  const compare = (tally: Tally): Compared | undefined =>
    flags.sinceRotation ? comparedBy(desk, tally, whose) : undefined
  let front: CensusFront | undefined
  try {
    front = await frontFor({
      ui: live(uiFor(facts, asksFor(flags)), plan !== undefined, facts.stdinTty && facts.stdoutTty),
      terminal: facts,
      name,
      badge: session.badge,
      whose,
      compare,
      ...(plan && { watch: { ...plan, every, isBegun: plan === writer.tally?.watch } }),
    })
    const open = (stopped: AbortSignal) => logIn(world, engine, familyOf(engine), endpoint, stopped)
    const enough = flags.sinceRotation ? { enough: (tally: Tally) => allAreBack(compare(tally)) } : {}
    const last = await watchThem({ front, logIn: open, writer, plan, every, ...enough }, signal)
    await front.end(last)
    if (!last) return EXIT.interrupted
    const compared = compare(last)
    if (flags.sinceRotation && !compared)
      throw new OperatorError(
        EXIT.notProven,
        `${name} still shows the certificate that it showed when it was first looked at (${utc(last.first)}): there has been no rotation since.`,
      )
    return codeOf(last, compared, whose)
  } catch (error) {
    throw said(error, session.runbook, name)
  } finally {
    await front?.close()
    writer.release()
  }
}

/** Watching is live where somebody looks; one sample is lines, on a terminal too. */
const live = (ui: UiKind, watches: boolean, somebody: boolean): UiKind =>
  ui === 'tui' && !(watches && somebody) ? 'plain' : ui

/** Why there is no census, in a sentence, with the exit code of its kind. */
function said(error: unknown, runbook: Parameters<typeof sentenceOf>[0], name: string): unknown {
  const safe = 'Nothing was changed; what was seen before is kept.'
  if (error instanceof CannotLook) {
    const { says, cure } = sentenceOf(runbook, 'census', error.reason)
    return new OperatorError(EXIT.notProven, `${name}: ${says} ${cure} ${safe}`, { cause: error })
  }
  if (error instanceof CannotLogIn && error.certificate) {
    const { engine, endpoint } = error.certificate
    const cure = `What it means and what to do: rds-ca-runbook check --engine ${engine} ${endpoint}`
    return new OperatorError(EXIT.unreachable, `${name}: ${error.message} ${safe} ${cure}`, { cause: error })
  }
  if (error instanceof CannotLogIn || error instanceof CannotReach || error instanceof CannotFetch)
    return new OperatorError(EXIT.unreachable, `${name}: ${error.message} ${safe}`, { cause: error })
  return error
}
