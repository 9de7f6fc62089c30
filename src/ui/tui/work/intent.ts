import type { AccountedAs, DecisionName, Decisions } from '../../../rules/decisions.ts'
import type { StandingShortfall } from '../../../rules/position.ts'
import type { Attested } from '../../../runner/answer.ts'
import type { Beginning } from '../../../runner/begin.ts'
import type { ApplicationTyped } from '../../session.ts'

/** Something that the operator asked for, as a value: what keys, choosers and forms come to. Performed by the worker alone. */
export type Intent =
  | { readonly do: 'go-on' }
  | { readonly do: 'look'; readonly step: string }
  | { readonly do: 'cancel' }
  /** Ask for the change: its confirmation comes back to the screen. */
  | { readonly do: 'apply'; readonly step: string }
  | { readonly do: 'remedy'; readonly step: string; readonly remedy: number; readonly shortfall: StandingShortfall }
  | { readonly do: 'decide'; readonly decision: DecisionName; readonly value: Decisions[DecisionName] }
  /** Accounts for one client by name, beside those that are accounted for. */
  | {
      readonly do: 'account'
      readonly user: string
      readonly application: string
      readonly as: AccountedAs
      readonly of?: string
      readonly why: string
    }
  | { readonly do: 'waive'; readonly step: string; readonly shortfall: StandingShortfall; readonly why: string }
  | { readonly do: 'attest'; readonly step: string; readonly shortfall: StandingShortfall; readonly word: Attested }
  /** Takes in the replies in a pasted text. */
  | { readonly do: 'take'; readonly text: string }
  | { readonly do: 'declare'; readonly application: ApplicationTyped }
  | { readonly do: 'observe' }
  /** Gives an unanswered intent up. `step`: confirm it anew right away. */
  | { readonly do: 'give-up'; readonly why: string; readonly step?: string }
  /** Begins a rotation of another sequence, with the target that it has from the start. */
  | { readonly do: 'begin'; readonly beginning: Beginning }
  | { readonly do: 'refresh' }
  /** Shows the waves, or the one that is run. */
  | { readonly do: 'waves' }
  /** Runs a wave: its confirmation comes back to the screen. */
  | { readonly do: 'run-wave'; readonly name: string }
  | { readonly do: 'stop-wave' }
  | { readonly do: 'halt'; readonly why: string }
  | { readonly do: 'resume-waves' }

export type IntentKind = Intent['do']
