import type { Change } from './change.ts'
import type { Decisions, DecisionName } from './decisions.ts'
import type { Seen, Shortfall } from './evidence.ts'
import type { Instant, Reason, Subject } from './words.ts'

/** The facts of every step, by step id. Not `Record<string, Seen>`: an index signature would make every string a step id. */
export type FactsMap<F> = { [K in keyof F]: Seen }

/** What holds of a look whether it shows enough or persons answer for the rest. */
interface Besides {
  readonly notes?: readonly Reason[]
  /** The instant after which what was seen is too old, where that comes before the step's own age. */
  readonly until?: Instant
}

/** Whether a look has shown enough. Judged from saved facts each time, never saved. */
export type Verdict =
  | ({ readonly kind: 'proven' } & Besides)
  | ({ readonly kind: 'not-proven'; readonly shortfalls: readonly [Shortfall, ...Shortfall[]] } & Besides)
  /** Time or AWS will change it: look again then. */
  | { readonly kind: 'waiting'; readonly reason: Reason; readonly lookAgainAt: Instant }
  | { readonly kind: 'not-applicable'; readonly reason: Reason }

export const PROVEN: Verdict = { kind: 'proven' }

/** Proven when nothing is short; until a time where what was seen ages from its own. */
export const verdictOf = (
  shortfalls: readonly Shortfall[],
  notes: readonly Reason[] = [],
  until: Instant = Infinity,
): Verdict => {
  const [first, ...more] = shortfalls
  return first ? { kind: 'not-proven', shortfalls: [first, ...more], notes, until } : { kind: 'proven', notes, until }
}

/**
 * What a step rests on: a step of the same database, or of its twin.
 * `facts: 'always'` needs the step's facts; `'if-looked'` is content when it was met without (waived, attested, not applicable).
 */
export interface Need<K extends string = string, S extends 'always' | 'if-looked' = 'always' | 'if-looked'> {
  readonly of: 'own' | 'twin'
  readonly step: K
  readonly facts: S
}
export const own = <const K extends string>(step: K): Need<K, 'always'> => ({ of: 'own', step, facts: 'always' })
export const ownIfLooked = <const K extends string>(step: K): Need<K, 'if-looked'> => ({
  of: 'own',
  step,
  facts: 'if-looked',
})
/** The twin's step; nothing where it is decided that there is no twin. */
export const twin = <const K extends string>(step: K): Need<K, 'if-looked'> => ({
  of: 'twin',
  step,
  facts: 'if-looked',
})

export type Needs<F extends FactsMap<F>> = { readonly [name: string]: Need<keyof F & string> }

/** The choices for a decision, with the one that is proposed marked. */
export type Offers = {
  readonly [D in DecisionName]?: readonly {
    readonly value: Decisions[D]
    readonly label: string
    readonly proposed: boolean
  }[]
}

/** The facts of each need, by its name. */
export type Given<F extends FactsMap<F>, N extends Needs<F>> = {
  readonly [P in keyof N]: N[P] extends Need<infer K, infer S>
    ? K extends keyof F
      ? S extends 'always'
        ? F[K]
        : F[K] | undefined
      : never
    : never
}

export type Decided<D extends DecisionName> = Pick<Decisions, D>

/** What a look is about: the subject, and the name by which the outside world knows it. */
export interface About {
  readonly subject: Subject
  readonly name: string
  /** What people call it by and type, where the name alone could mean another database. */
  readonly called?: string
}

/** What people call it by, and type to confirm what happens to it. */
export const calledBy = ({ called, name }: About): string => called ?? name

/** Whose evidence a step's facts are. Facts about a bundle or an application serve every database that names them. */
export type StepSubject = 'database' | 'bundle' | 'application'

export interface Step<
  F extends FactsMap<F>,
  K extends keyof F & string,
  N extends Needs<F>,
  D extends DecisionName,
  W,
> {
  readonly id: K
  readonly version: number
  /** Its number in the runbook, as people say it: `05`. */
  readonly number: string
  readonly on: StepSubject
  readonly title: string
  /** Why an operator cares, in two sentences. */
  readonly why: string
  /** The document that it comes from. */
  readonly source: string
  readonly needs: N
  readonly asks: readonly D[]
  /** The step looks before its decisions are taken: what it sees is what the person decides on. */
  readonly looksFirst?: true
  /** A look costs next to nothing and disturbs nobody: the program looks again by itself before a change. */
  readonly cheap?: true
  /** Proven, it lets these steps be waived whole in its rotation, each with a typed reason: what they prove has come too late. */
  readonly opens?: readonly string[]
  /** Milliseconds; `never`: it does not age. */
  readonly maxAge: number | 'never'
  /** How a look that failed may be met otherwise. */
  readonly cannotLook: Shortfall['allows']
  /** Every code that it can give, with its English text and cure. */
  readonly text: Readonly<Record<string, { readonly says: string; readonly cure: string }>>
  /** The schema of its facts. Undefined: these are not such facts (an older program's, or edited by hand). */
  parse(saved: unknown): F[K] | undefined
  /**
   * Why the step has nothing to do here, if so. Asked at once, with the facts that are there already. `urgent`: the change comes
   * without us, so whatever it would have rested on is urgent now.
   */
  applies?(given: Partial<Given<F, N>>, decided: Decided<D>): (Reason & { readonly urgent?: true }) | undefined
  /**
   * Reads only: the world has no writing method. Throws what the ports throw, or {@link CannotLook}. `previous`: what the last
   * look at this subject saw. A step that makes a change has none: its facts are its receipt.
   */
  look?(
    world: W,
    about: About,
    given: Given<F, N>,
    decided: Decided<D>,
    signal: AbortSignal,
    previous?: F[K],
  ): Promise<F[K]>
  /** For a step about an application, `about` names the one whose facts these are. */
  judge(facts: F[K], given: Given<F, N>, decided: Decided<D>, now: Instant, about: About): Verdict
  /** What a person reads of these facts: the few lines that matter, with their texts in `text`. */
  tells?(facts: F[K]): readonly Reason[]
  /** What there is to choose from for a decision, by what was seen. */
  offers?(facts: F[K]): Offers
  /** The databases that the same clients may land on: of these, one at a time is changed. */
  peers?(facts: F[K], about: About): readonly About[]
  /** What others rest on, when that is less than the whole basis. */
  bears?(facts: F[K], given: Given<F, N>, decided: Decided<D>): object
  /** The one change that the step makes. Steps describe it; the runner alone applies it. */
  change?(about: About, given: Given<F, N>, decided: Decided<D>): Change
  /** Reads the database once more, immediately before the change is sent: why it must not be sent after all, if so. */
  lastLook?(
    world: W,
    about: About,
    given: Given<F, N>,
    decided: Decided<D>,
    signal: AbortSignal,
  ): Promise<readonly Reason[]>
  /**
   * Whether the change is seen to have arrived, when no answer came. Undefined: nothing of it is to be seen (yet). `since`: when it was
   * to be sent.
   */
  arrived?(world: W, about: About, change: Change, signal: AbortSignal, since: Instant): Promise<Reason | undefined>
}

export type AnyStep<F extends FactsMap<F>, K extends keyof F & string, W> = Step<F, K, Needs<F>, DecisionName, W>
export type Steps<F extends FactsMap<F>, W> = { readonly [K in keyof F & string]: AnyStep<F, K, W> }

/** Curried, because TypeScript cannot infer needs and decisions while the facts are given. */
export const stepsOf =
  <F extends FactsMap<F>, W>() =>
  <K extends keyof F & string, const N extends Needs<F>, const D extends DecisionName = never>(
    step: Step<F, K, N, D, W>,
  ): Step<F, K, N, D, W> =>
    step

/**
 * The ordered lists of steps: another CA; a new server certificate under the same CA; back to a CA that was served before;
 * the short one that takes a waiting change back; another CA in a hurry, where an expired certificate is served; and, of an account in
 * a Region, the CA that new databases get.
 */
export const SEQUENCES = ['ca-change', 'leaf-renewal', 'rollback', 'cancellation', 'outage', 'account-default'] as const
export type SequenceName = (typeof SEQUENCES)[number]

/** Those of a database; the other one is an account's. */
export const DATABASE_SEQUENCES = SEQUENCES.filter((one) => one !== 'account-default')

export interface Runbook<F extends FactsMap<F>, W> {
  readonly steps: Steps<F, W>
  readonly sequences: Readonly<Record<SequenceName, readonly (keyof F & string)[]>>
  /** What is decided until somebody decides otherwise. */
  readonly defaults: Partial<Decisions>
}

/** The runbook with the types of its facts forgotten: what the rules and the runner work on. */
export type PlainFacts = Record<string, Seen>
export type PlainStep<W = unknown> = AnyStep<PlainFacts, string, W>
export type PlainRunbook<W = unknown> = Runbook<PlainFacts, W>

/** Forgets the types of the facts. What each step is given is still what its own needs name: the rules see to that. */
export const forgetFacts = <F extends FactsMap<F>, W>(runbook: Runbook<F, W>): PlainRunbook<W> =>
  runbook as unknown as PlainRunbook<W>

/** A look could not be made: no permission, no network, no log-in, an engine without that view. On record, never evidence. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook'
  readonly reason: Reason
  /** What was seen before is not so any more: something else, or nothing, is in its place. */
  readonly refutes: boolean
  constructor(reason: Reason, options?: ErrorOptions & { readonly refutes?: true }) {
    super(`cannot look: ${reason.code}`, options)
    this.reason = reason
    this.refutes = options?.refutes === true
  }
}
