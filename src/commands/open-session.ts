import { hostname, userInfo } from 'node:os'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { runbook } from '../../steps/index.ts'
import { endpointInForce } from '../aws/endpoint.ts'
import { openControlPlane } from '../aws/open-control-plane.ts'
import { openWriter } from '../aws/open-writer.ts'
import { openApplicationChecks } from '../checks/open-application-checks.ts'
import { applicationsOf } from '../config/applications.ts'
import { declaredBy } from '../config/declared.ts'
import type { Config } from '../config/schema.ts'
import { listFleet, type FleetListing } from '../fleet/list-fleet.ts'
import type { Answers } from '../ports/answers.ts'
import { CannotAsk } from '../ports/control-plane.ts'
import type { CredentialSource } from '../ports/sql.ts'
import type { World, Worlds } from '../ports/world.ts'
import { openProgress } from '../progress/open-progress.ts'
import { parseBody } from '../rules/entries.ts'
import { answersOf } from '../rules/asking.ts'
import { EMPTY_RECORD, fold, RECORD_VERSION } from '../rules/record.ts'
import { HANDSHAKE_LIMITS, type HandshakeLimits } from '../manners/limits.ts'
import type { Subject, Who } from '../rules/words.ts'
import { sendingApplier, showingApplier, type Writers } from '../runner/apply.ts'
import type { Patience, RunnerDeps, SavedProgress } from '../runner/deps.ts'
import { openDesk } from '../runner/desk.ts'
import type { RunnerEvent } from '../runner/events.ts'
import { openBundles } from '../tls/open-bundles.ts'
import { openTrustStores } from '../tls/stores/open-trust-stores.ts'
import type { Badge, Remedy, Session } from '../ui/session.ts'
import { declaredLogIns } from './log-ins.ts'
import { onceMoreRemedy } from './once-more.ts'
import { politely } from './polite.ts'
import { stateDirectory } from './state-directory.ts'

/** Everything that tells one session from another. A rehearsal fills it in differently; nothing below asks which it is. */
export interface SessionOptions {
  readonly stateDir: string | undefined
  /** Where trust bundles are kept, when not with those of AWS: a rehearsal's roots must never be looked at as a real Region's. */
  readonly bundles?: string
  /** How many anonymous handshakes a MySQL endpoint may see, when not two an hour; and where they are counted, when not with those of AWS. */
  readonly limits?: HandshakeLimits
  readonly handshakes?: string
  readonly config: Config
  /** NAME:PORT to ADDR:PORT, over what the configuration says. */
  readonly connect: ReadonlyMap<string, string>
  readonly bundleUrl?: string
  /** PEM of the CA that vouches for the bundle's server, beside the public ones. */
  readonly bundleCa?: string
  readonly region?: string
  readonly profile?: string
  readonly endpoint?: string
  /** Access keys that are not the environment's: the rehearsal's own. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly execute: boolean
  /** Where log-ins come from that are not declared. */
  readonly credentials: CredentialSource
  /** Passwords that were typed for databases whose log-in is declared so, by name. */
  readonly typed?: ReadonlyMap<string, string>
  readonly patience: Patience
  readonly remedies: readonly Remedy[]
  readonly notices: readonly string[]
  /** How the badge names the world, given the account. */
  readonly worldName: (account: string, endpoint: string | undefined) => string
  readonly signal: AbortSignal
}

export const REAL_PATIENCE: Patience = { observe: 10 * 60_000, settle: 30 * 60_000, every: 5_000 }

/** How AWS's own world is named on screen. */
export const accountBadge = (account: string, endpoint: string | undefined): string =>
  endpoint ? `ENDPOINT ${endpoint} ACCOUNT ${account}` : `ACCOUNT ${account}`

export function me(): Who {
  return { user: userInfo().username, host: hostname() }
}

/** Saved progress of this machine's user. */
export const savedProgress = (stateDir: string | undefined): SavedProgress =>
  openProgress({
    directory: stateDirectory(stateDir).progress,
    initial: EMPTY_RECORD,
    fold,
    stateVersion: RECORD_VERSION,
    parse: parseBody,
    now: Date.now,
    who: me(),
  })

/** The replies that count, by what is on record now: another process may have taken some in. */
export const savedAnswers = (progress: SavedProgress): Answers => ({
  of: async (world, application) =>
    answersOf((await progress.open({ kind: 'application', world, id: application })).state),
})

/** The adapters, one set an account, behind the ports that steps know. */
function worldsOf(
  options: SessionOptions,
  listing: FleetListing,
  progress: SavedProgress,
  { wire, sql }: Pick<World, 'wire' | 'sql'>,
): Worlds {
  const { config, patience } = options
  const credentials = declaredLogIns(options, listing)
  const bundles = openBundles({
    directory: options.bundles ?? stateDirectory(options.stateDir).bundles,
    now: Date.now,
    ...(options.bundleUrl && { url: options.bundleUrl }),
    ...(options.bundleCa && { ca: options.bundleCa }),
  })
  const common: Omit<World, 'control'> = {
    wire,
    sql,
    credentials,
    bundles,
    trustStores: openTrustStores({ now: Date.now }),
    checks: openApplicationChecks(),
    answers: savedAnswers(progress),
    applications: applicationsOf(config),
    pollEvery: patience.every,
    now: Date.now,
  }
  return {
    open: async (subject: Subject) => {
      const account = listing.accounts.find(
        (one) => one.world === subject.world && one.control.region === subject.region,
      )
      if (!account)
        throw new CannotAsk(
          'NoSuchAccount',
          'open',
          `No profile of this session reads ${subject.world} in ${subject.region ?? 'no Region'}`,
        )
      return { ...common, control: account.control }
    },
  }
}

const writersOf = (options: SessionOptions, listing: FleetListing, endpoint: string | undefined): Writers => ({
  open: async (subject) => {
    const account = listing.accounts.find((one) => one.world === subject.world && one.control.region === subject.region)
    if (!account) throw new CannotAsk('NoSuchAccount', 'open', `No profile of this session reads ${subject.world}`)
    const profile = account.profile ?? options.profile
    return openWriter({
      region: account.control.region,
      world: account.world,
      now: Date.now,
      ...(profile && { profile }),
      ...(endpoint && { endpoint }),
      ...(options.keys && { keys: options.keys }),
    })
  },
})

/**
 * Lists the fleet and makes the session that a front end works on. Throws CannotAsk when the account cannot be read, and
 * ProgressUnusable.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const endpoint = options.endpoint ?? (await endpointInForce())
  const aws = {
    ...(options.region && { region: options.region }),
    ...(endpoint && { endpoint }),
    ...(options.keys && { keys: options.keys }),
  }
  const openControl = (profile: string | undefined) => {
    const named = profile ?? options.profile
    return openControlPlane({ ...aws, ...(named && { profile: named }) })
  }
  const listing = await listFleet(openControl, endpoint, options.config, options.signal)
  const byName = new Map(listing.databases.map(({ about }) => [about.name, about.subject]))

  const { handshakes, ...seen } = politely({
    connect: new Map([...Object.entries(options.config.connect), ...options.connect]),
    directory: options.handshakes ?? stateDirectory(options.stateDir).handshakes,
    limits: options.limits ?? HANDSHAKE_LIMITS,
  })
  const listeners = new Set<(event: RunnerEvent) => void>()
  const progress = savedProgress(options.stateDir)
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: worldsOf(options, listing, progress, seen),
    declared: declaredBy(options.config, (name) => byName.get(name)),
    who: me(),
    patience: options.patience,
    notify: (event) => {
      for (const listener of listeners) listener(event)
    },
    now: Date.now,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    newId: randomUUID,
  }
  const databases = []
  for (const { about, record } of listing.databases) databases.push({ desk: await openDesk(deps, about), record })
  const [own] = listing.accounts
  const badge: Badge = {
    world: options.worldName(own.account, endpoint),
    mode: options.execute ? 'EXECUTE' : 'DRY RUN',
    region: own.control.region,
  }
  return {
    runbook,
    badge,
    databases,
    applier: options.execute ? sendingApplier(writersOf(options, listing, endpoint)) : showingApplier(),
    remedies: [...options.remedies, onceMoreRemedy(handshakes)],
    notices: [...options.notices, ...listing.notices],
    now: Date.now,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
