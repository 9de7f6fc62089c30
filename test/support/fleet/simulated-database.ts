/** What there is to know of one database of a simulated account, and of what is asked for it. */
import type { DatabaseRecord } from '../../../src/ports/control-plane.ts'
import type { ChangeApi } from '../../../src/rules/change.ts'
import type { Mutable } from './records.ts'

export interface SimulatedDatabase {
  readonly record: Mutable<DatabaseRecord>
  /** The instances of a Multi-AZ DB cluster, which carries the CA for them. */
  readonly members?: readonly string[] | undefined
  /** The CA of the certificate that the server presents, and which certificate of that CA it is. */
  served: string
  leaf: number
  /** The certificate that it presents has expired. */
  expired?: boolean
  /** AWS offers a new certificate under the same CA. */
  offered?: boolean
  /** When the server process started, and when its clients last connected. */
  startedAt: number
  connectedAt: number
  /** What AWS is doing to it: nothing else is taken meanwhile. */
  busy: boolean
  /** What it owes: a parameter or a staged certificate that comes with the next restart. */
  atRestart: (() => void)[]
}

/** One request as AWS saw it. `before`: the truth at that moment, whatever the API showed. */
export interface RequestSeen {
  readonly api: ChangeApi
  readonly at: number
  readonly account: string
  readonly name: string
  /** The resource id that the request was for, and that of what the name belonged to. */
  readonly meant: string
  readonly met: string | undefined
  readonly ca: string
  readonly took: boolean
  readonly before:
    | {
        readonly ca: string
        readonly busy: boolean
        readonly pending: readonly string[]
        readonly expired: boolean
        readonly offered: boolean
      }
    | undefined
  /**
   * Those for the same clients that AWS was changing, as far as it could be known: by a request of ours, or because AWS showed it. What
   * somebody else has begun is shown by no call for a while, CloudTrail's included.
   * And those that had to come before it and were not on the target.
   */
  readonly othersBusy: readonly string[]
  readonly leftBehind: readonly string[]
  /** The CA that every database served, by resource id. */
  readonly served: ReadonlyMap<string, string>
  /** Whether each trust store held the target's root when it was last read. */
  readonly sawRoot: ReadonlyMap<string, boolean>
}

/** How long AWS takes for a change, in milliseconds. */
export interface Pace {
  readonly shown: number
  readonly begun: number
  readonly applied: number
  readonly over: number
}

/** What goes wrong with the next change of one database. */
export interface Mishap {
  /** The certificate is staged, the API says that it is done, and the old one is served until a restart. */
  readonly staged?: true
  /** It stays in `modifying` for so much longer. */
  readonly hangs?: number
}
