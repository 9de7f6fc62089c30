import type { Hold } from '../ports/progress.ts'
import type { World } from '../ports/world.ts'
import { assess, type Assessment } from '../rules/assess.ts'
import { DECISION_NAMES, type DecisionName, type Decisions } from '../rules/decisions.ts'
import { decisionsOf, declaredFor } from '../rules/decided.ts'
import type { HeldBy, Known, KnownApplication } from '../rules/known.ts'
import { keptOf } from '../rules/kept.ts'
import type { Position } from '../rules/position.ts'
import { EMPTY_RECORD, presentRotation, sendingState, type Rotation, type SubjectRecord } from '../rules/record.ts'
import { calledBy, type About, type PlainRunbook, type SequenceName } from '../rules/step.ts'
import { canonical, digestOf, subjectKey, type Instant, type Subject } from '../rules/words.ts'
import type { RunnerDeps } from './deps.ts'
import { applicationSubject, bundleSubject, openJournals, peersOf, type SubjectJournal } from './desk-journals.ts'
import { assessUnopened, isStill } from './unopened.ts'

export { applicationSubject, bundleSubject } from './desk-journals.ts'

const UNDECLARED = digestOf('not declared')

/** Another rotation of this database has to be finished first. */
export class RotationUnderWay extends Error {
  override readonly name = 'RotationUnderWay'
}

const isUndone = ({ shortfalls }: Position): boolean => shortfalls.some(({ shortfall }) => shortfall.undone)

/** An assessment, and what was on record when it was made. */
interface Last {
  readonly assessment: Assessment
  readonly at: Instant
  readonly journals: readonly SubjectJournal[]
  readonly states: readonly SubjectRecord[]
}

/**
 * One database being worked on: its journals, and how it stands. Everything that is put on record goes through here.
 * Open one with {@link openDesk}.
 */
export class Desk {
  readonly about: About
  readonly deps: RunnerDeps
  #journals: ReadonlyMap<string, SubjectJournal>
  #hold: Hold | undefined
  #assumed: Partial<Decisions> = {}
  #holder: HeldBy | undefined
  #last: Last | undefined

  constructor(deps: RunnerDeps, about: About, journals: ReadonlyMap<string, SubjectJournal>) {
    this.deps = deps
    this.about = about
    this.#journals = journals
  }

  /** The journal of a subject that this database's assessment can need. */
  journal(subject: Subject): SubjectJournal {
    const journal = this.#journals.get(subjectKey(subject))
    if (!journal) throw new Error(`Bug: no journal is open for ${subjectKey(subject)}`)
    return journal
  }

  get own(): SubjectJournal {
    return this.journal(this.about.subject)
  }

  /** What is on record of it; nothing while its journals have not been opened. */
  get record(): SubjectRecord {
    return this.#journals.get(subjectKey(this.about.subject))?.state ?? EMPTY_RECORD
  }

  get rotation(): Rotation | undefined {
    return presentRotation(this.record)
  }

  /** Opens its journals, where that has not happened yet. */
  async #open(): Promise<void> {
    if (this.#journals.size === 0) await this.refresh()
  }

  get decided(): Partial<Decisions> {
    return decisionsOf(this.#runbook.defaults, this.rotation, this.deps.declared.decisionsFor(this.about))
  }

  get #runbook(): PlainRunbook<World> {
    const { runbook } = this.deps
    return { ...runbook, defaults: { ...runbook.defaults, ...this.#assumed } }
  }

  /** Takes something for decided while this desk is open, where nobody has decided it: to show what would be. Never on record. */
  assume(decisions: Partial<Decisions>): void {
    this.#assumed = { ...this.#assumed, ...decisions }
    this.#last = undefined
  }

  /** Everything on record that the assessment can need. A twin's own twin is not looked at: it stands surety for itself. */
  known(): Known {
    return this.#knownOf(this.about, this.deps.declared.decisionsFor(this.about), true)
  }

  #knownOf(about: About, declared: Partial<Decisions>, withTwin: boolean): Known {
    const at = (subject: Subject): SubjectRecord => this.#journals.get(subjectKey(subject))?.state ?? EMPTY_RECORD
    const record = at(about.subject)
    const decided = decisionsOf(this.deps.runbook.defaults, presentRotation(record), declared)
    const applications = new Map<string, KnownApplication>()
    for (const { name } of decided.applications ?? []) {
      const subject = applicationSubject(about.subject, name)
      const digest = this.deps.declared.applicationDigest(name) ?? UNDECLARED
      applications.set(name, { about: { subject, name }, record: at(subject), declared: digest })
    }
    const bundle = bundleSubject(about.subject)
    const twin = withTwin && decided.twin && decided.twin !== 'none' ? decided.twin : undefined
    const peers = withTwin ? peersOf(this.deps, about, record) : []
    const alone = (other: About): Known => this.#knownOf(other, this.deps.declared.decisionsFor(other), false)
    return {
      about,
      record,
      declared,
      bundle: { about: { subject: bundle, name: `bundle of ${bundle.region ?? ''}` }, record: at(bundle) },
      applications,
      ...(twin && { twin: { ...alone(twin), ...(twin.members && { members: twin.members.map(alone) }) } }),
      ...(peers.length > 0 && { peers: peers.map(alone) }),
    }
  }

  /** How it stands now, by what is on record here. Derived anew when that changed, or when time alone can have changed the answer. */
  assess(): Assessment {
    const now = this.deps.now()
    const last = this.#last
    if (last && isUnchanged(last, now)) return last.assessment
    const make = (): Assessment => assess(this.#runbook, this.known(), now, { holder: this.#holder })
    const assessment = this.isOpen ? make() : assessUnopened(this.deps, this.#alike(), now, make)
    const journals = [...this.#journals.values()]
    this.#last = { assessment, at: now, journals, states: journals.map(({ state }) => state) }
    return assessment
  }

  /** Everything that an assessment depends on while no journal is open. */
  #alike(): unknown {
    const { kind, world, region } = this.about.subject
    const decided = { ...this.#assumed, ...this.deps.declared.decisionsFor(this.about) }
    const applications = decided.applications?.map(({ name }) => this.deps.declared.applicationDigest(name) ?? null)
    return { kind, world, region, decided, applications }
  }

  /** Whether its journals are open: something was saved of it, or done with it. */
  get isOpen(): boolean {
    return this.#journals.size > 0
  }

  /** How many lines each of its journals has, by subject: to see afterwards which have grown. */
  lengths(): ReadonlyMap<string, number> {
    return new Map([...this.#journals].map(([key, { length }]) => [key, length]))
  }

  /** Whether its assessment can need one of these subjects. */
  needs(subjects: ReadonlySet<string>): boolean {
    return [...this.#journals.keys()].some((key) => subjects.has(key))
  }

  /** Takes in what other processes have put on record, and who holds the lock. */
  async refresh(): Promise<void> {
    this.#journals = await openJournals(this.deps, this.about, this.#journals)
    await Promise.all([...this.#journals.values()].map((journal) => journal.refresh()))
    const holder = this.#hold ? this.#hold.holder : this.deps.progress.holder(this.about.subject)
    this.#holder = holder && { user: holder.user, host: holder.host, pid: holder.pid, self: this.#hold !== undefined }
    this.#last = undefined
  }

  /** Takes the database's lock; throws HeldByAnother. Idempotent. */
  async hold(purpose: string): Promise<void> {
    this.#hold ??= this.deps.progress.hold(this.about.subject, purpose)
    await this.refresh()
  }

  release(): void {
    this.#hold?.release()
    this.#hold = undefined
    this.#holder = undefined
    this.#last = undefined
  }

  /** The rotation that is under way, begun now where there is none, with what is declared put on record. */
  async rotate(sequence: SequenceName = 'ca-change'): Promise<Rotation> {
    await this.#open()
    const present = this.rotation
    if (!present || present.end) {
      const name = this.about.name
      await this.own.append({ kind: 'rotation-started', rotation: this.deps.newId(), sequence, name })
    }
    const rotation = this.rotation
    if (!rotation) throw new Error('Bug: a rotation that was begun is not on record')
    const declared = declaredFor(rotation.sequence, this.deps.declared.decisionsFor(this.about))
    for (const decision of DECISION_NAMES) {
      const value = declared[decision]
      if (value === undefined) continue
      const recorded = rotation.decisions[decision]?.value
      if (recorded !== undefined && canonical(recorded) === canonical(value)) continue
      await this.#decided(rotation, decision, value, 'configuration')
    }
    return rotation
  }

  /**
   * Begins a rotation of another sequence. One that is under way is ended as abandoned when nothing of it was sent, when what was sent
   * waits and is to be cancelled, has arrived and is to be gone back from, or was undone by somebody else; otherwise this throws {@link RotationUnderWay}, and nothing
   * is changed: what was sent is finished first.
   */
  async begin(sequence: SequenceName): Promise<Rotation> {
    await this.#open()
    const present = this.rotation
    const refusal = this.beginRefusal(sequence)
    if (refusal !== undefined)
      throw new RotationUnderWay(`${calledBy(this.about)}: ${refusal}. Nothing was begun. It goes on in the wizard.`)
    if (present && !present.end)
      await this.own.append({
        kind: 'rotation-ended',
        rotation: present.id,
        how: 'abandoned',
        kept: keptOf(this.assess()),
      })
    return this.rotate(sequence)
  }

  /** Why a sequence cannot be begun now: something was sent that is finished first. Undefined when it can. */
  beginRefusal(sequence: SequenceName): string | undefined {
    const present = this.rotation
    if (!present || present.end) return undefined
    const state = sendingState(present.sendings.at(-1))
    if (state === 'unanswered') return `a ${present.sequence} is under way, and what was sent has no answer yet`
    if (state !== 'accepted') return undefined
    // What waits can be taken back; what has arrived can be gone back from. Neither is finished first.
    const { live, steps } = this.assess()
    const waits = live !== undefined
    if (sequence === 'ca-change' && [...steps.values()].some((one) => isUndone(one))) return undefined
    if (sequence === (waits ? 'cancellation' : 'rollback')) return undefined
    return `a ${present.sequence} is under way, and its change was sent: finish it first`
  }

  /** Puts a decision on record. `said`: where it was said (`screen`, `flag` …). */
  async decide<D extends DecisionName>(decision: D, value: Decisions[D], said: string): Promise<void> {
    await this.#decided(await this.rotate(), decision, value, said)
    // A decision can name subjects (a twin, applications) whose journals are not open yet.
    await this.refresh()
  }

  /** Puts what was assumed here, and what nobody has decided, on record: a person has confirmed the requests that come of it. */
  async decideAssumed(said: string): Promise<void> {
    for (const name of DECISION_NAMES) {
      const value = this.#assumed[name]
      if (value !== undefined && this.rotation?.decisions[name] === undefined) await this.decide(name, value, said)
    }
  }

  async #decided(rotation: Rotation, decision: DecisionName, value: unknown, said: string): Promise<void> {
    await this.own.append({ kind: 'decided', rotation: rotation.id, decision, value, said })
    this.deps.notify({ kind: 'decided', about: this.about, decision, value, said })
  }
}

/** Whether nothing that it was made from has changed. */
function isUnchanged(last: Last, now: Instant): boolean {
  const { journals, states } = last
  if (!isStill(last, now)) return false
  for (let index = 0; index < journals.length; index += 1) if (journals[index]?.state !== states[index]) return false
  return true
}

/**
 * The desk of a database of which nothing was saved yet: it stands at the beginning, and opens its journals when something is done
 * with it. A fleet has thousands, and few are worked on.
 */
export const deskOf = (deps: RunnerDeps, about: About): Desk => new Desk(deps, about, new Map())

/** Opens the desk of one database. Throws ProgressUnusable. */
export async function openDesk(deps: RunnerDeps, about: About): Promise<Desk> {
  const desk = new Desk(deps, about, new Map())
  await desk.refresh()
  return desk
}
