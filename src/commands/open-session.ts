import { hostname, userInfo } from 'node:os'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { runbook } from '../../steps/index.ts'
import type { AwsOptions } from '../aws/aws-options.ts'
import { endpointInForce } from '../aws/endpoint.ts'
import { openWriter } from '../aws/open-writer.ts'
import { openApplicationChecks } from '../checks/open-application-checks.ts'
import type { Config } from '../config/schema.ts'
import type { Discovered, Located } from '../fleet/discover.ts'
import { listFleet, type FleetListing } from '../fleet/list-fleet.ts'
import type { Place } from '../fleet/place.ts'
import { rotatesWords, whoseWords } from '../fleet/words.ts'
import type { Answers } from '../ports/answers.ts'
import { CannotAsk } from '../ports/control-plane.ts'
import type { CredentialSource } from '../ports/sql.ts'
import type { World, Worlds } from '../ports/world.ts'
import { openProgress } from '../progress/open-progress.ts'
import { openTallyFiles } from '../progress/tally-files.ts'
import { parseBody } from '../rules/entries.ts'
import { answersOf } from '../rules/asking.ts'
import { EMPTY_RECORD, fold, RECORD_VERSION } from '../rules/record.ts'
import { HANDSHAKE_LIMITS, type HandshakeLimits } from '../manners/limits.ts'
import type { About } from '../rules/step.ts'
import { subjectKey, type Subject, type Who } from '../rules/words.ts'
import { sendingApplier, showingApplier, type Writers } from '../runner/apply.ts'
import type { Patience, RunnerDeps, SavedProgress } from '../runner/deps.ts'
import { deskOf, openDesk } from '../runner/desk.ts'
import type { RunnerEvent } from '../runner/events.ts'
import { sharedJournals } from '../runner/shared-journals.ts'
import { openBundles } from '../tls/open-bundles.ts'
import { openTrustStores } from '../tls/stores/open-trust-stores.ts'
import type { Badge, Remedy, Session, SessionDatabase } from '../ui/session.ts'
import { NOTHING_TYPED, typedFor, type Typed } from './ask-passwords.ts'
import { declarationsOf, type Declarations } from './declarations.ts'
import { declaringIn } from './declaring.ts'
import { accessWith, awsFor } from './fleet-access.ts'
import { declaredLogIns } from './log-ins.ts'
import { pastedReplies } from './people/pasted-replies.ts'
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
  /** Where the operator's configuration is; absent where it is not theirs to write. */
  readonly configFile?: string
  /** NAME:PORT to ADDR:PORT, over what the configuration says. */
  readonly connect: ReadonlyMap<string, string>
  readonly bundleUrl?: string
  /** PEM of the CA that vouches for the bundle's server, beside the public ones. */
  readonly bundleCa?: string
  /** The accounts and Regions to look in; by default the session's own. */
  readonly places?: readonly [Place, ...Place[]]
  /** For places that name none. */
  readonly region?: string
  readonly endpoint?: string
  /** Access keys that are not the environment's: the rehearsal's own. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly execute: boolean
  /** Where log-ins come from that are not declared. */
  readonly credentials: CredentialSource
  /** Passwords that were typed, where they are declared so. */
  readonly typed?: Typed
  readonly patience: Patience
  readonly remedies: readonly Remedy[]
  readonly notices: readonly string[]
  /** How the badge names the world, given the account. */
  readonly worldName: (account: string, endpoint: string | undefined) => string
  /** Hears of what is discovered, as it is. */
  readonly tell?: (one: Discovered) => void
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
  declarations: Declarations,
  { wire, sql }: Pick<World, 'wire' | 'sql'>,
): Worlds {
  const { patience } = options
  const credentials = declaredLogIns(options, listing)
  const bundles = openBundles({
    directory: options.bundles ?? stateDirectory(options.stateDir).bundles,
    now: Date.now,
    ...(options.bundleUrl && { url: options.bundleUrl }),
    ...(options.bundleCa && { ca: options.bundleCa }),
  })
  const common: Omit<World, 'control' | 'applications'> = {
    wire,
    sql,
    credentials,
    bundles,
    trustStores: openTrustStores({ now: Date.now, ask: typedFor(options.typed ?? NOTHING_TYPED) }),
    checks: openApplicationChecks(),
    answers: savedAnswers(progress),
    sightings: openTallyFiles(stateDirectory(options.stateDir).sightings),
    pollEvery: patience.every,
    now: Date.now,
  }
  return {
    open: async (subject: Subject) => ({
      ...common,
      applications: declarations.applications(),
      control: locatedOf(listing, subject).control,
    }),
  }
}

/** The default CA of an account in a Region, called by both: that is what is typed to confirm a change of it. */
const defaultAbout = ({ world, region, account }: Located): About => ({
  subject: { kind: 'account', world, region, id: account },
  name: `${account}/${region}`,
})

/** What reads a subject's account and Region. Throws CannotAsk when nothing of this session does. */
function locatedOf({ located }: FleetListing, { world, region }: Subject): Located {
  const found = located.find((one) => one.world === world && one.region === region)
  if (found) return found
  throw new CannotAsk(
    'NoSuchAccount',
    'open',
    `Nothing of this session reads ${world} in ${region ?? 'no Region'}. Nothing was asked. Name its profile and Region: --profiles, --regions, or accounts in the configuration.`,
  )
}

const writersOf = (listing: FleetListing, common: AwsOptions): Writers => ({
  open: async (subject) => {
    const { place, region, world } = locatedOf(listing, subject)
    return openWriter({ ...awsFor(common, place, region), world, now: Date.now })
  },
})

/** A desk for each database. Only where something was saved is there a journal to open. */
async function desksOf(deps: RunnerDeps, listing: FleetListing): Promise<SessionDatabase[]> {
  const saved = new Set((await deps.progress.subjects()).map((subject) => subjectKey(subject)))
  const rows = listing.inventory.rowsByResource()
  const databases: SessionDatabase[] = []
  for (const { about, record } of listing.databases) {
    const desk = saved.has(subjectKey(about.subject)) ? await openDesk(deps, about) : deskOf(deps, about)
    const row = rows.get(record.resourceId)
    databases.push({
      desk,
      meantBy: listing.names.namesOf(about),
      record,
      ...(row && { rotates: rotatesWords(row) }),
      listedAt: deps.now(),
    })
  }
  return databases
}

/** The account, with the name that its owner gave it; or how many there are. */
function worldBadge(
  { worldName }: SessionOptions,
  { located, inventory }: FleetListing,
  endpoint: string | undefined,
): string {
  const accounts = [...new Set(located.map(({ account }) => account))]
  const [first = ''] = accounts
  if (accounts.length > 1) return `${accounts.length} ACCOUNTS${endpoint ? ` ENDPOINT ${endpoint}` : ''}`
  const alias = inventory.aliases.get(first)
  return worldName(alias === undefined ? first : `${first} (${alias})`, endpoint)
}

function regionBadge(located: readonly Located[]): string {
  const regions = [...new Set(located.map(({ region }) => region))]
  return regions.length > 3 ? `${regions.length} Regions` : regions.join(', ')
}

/**
 * Lists the fleet and makes the session that a front end works on. Throws CannotAsk when the account cannot be read, and
 * ProgressUnusable.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const endpoint = options.endpoint ?? (await endpointInForce())
  const common: AwsOptions = {
    ...(options.region && { region: options.region }),
    ...(endpoint && { endpoint }),
    ...(options.keys && { keys: options.keys }),
  }
  const listing = await listFleet(
    accessWith(common),
    options.places ?? [{}],
    options.config,
    { endpoint, facts: ['cas', 'maintenance', 'engines'], signal: options.signal },
    options.tell,
  )

  const { handshakes, ...seen } = politely({
    connect: new Map([...Object.entries(options.config.connect), ...options.connect]),
    directory: options.handshakes ?? stateDirectory(options.stateDir).handshakes,
    limits: options.limits ?? HANDSHAKE_LIMITS,
  })
  const listeners = new Set<(event: RunnerEvent) => void>()
  const progress = sharedJournals(savedProgress(options.stateDir))
  const declarations = declarationsOf(options.config, listing.names, listing.environmentOf)
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: worldsOf(options, listing, progress, declarations, seen),
    declared: declarations.declared,
    who: me(),
    patience: options.patience,
    notify: (event) => {
      for (const listener of listeners) listener(event)
    },
    now: Date.now,
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    newId: randomUUID,
  }
  const badge: Badge = {
    world: worldBadge(options, listing, endpoint),
    mode: options.execute ? 'EXECUTE' : 'DRY RUN',
    region: regionBadge(listing.located),
  }
  return {
    runbook,
    badge,
    databases: await desksOf(deps, listing),
    accountDefaults: listing.located.map((one) => ({ desk: deskOf(deps, defaultAbout(one)) })),
    applier: options.execute ? sendingApplier(writersOf(listing, common)) : showingApplier(),
    remedies: [...options.remedies, onceMoreRemedy(handshakes)],
    ...(options.configFile !== undefined && {
      declare: declaringIn(options.configFile, (config) => declarations.take(config)),
    }),
    waves: options.config.waves,
    notices: [...options.notices, ...listing.notices],
    unread: listing.inventory.failures.map(({ account, place, region }) =>
      [whoseWords(account, place), region].join(' ').trim(),
    ),
    takeReplies: pastedReplies(progress, Date.now),
    now: Date.now,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
