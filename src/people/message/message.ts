import type { Howto } from '../../bundle/howto/howto.ts'
import type { ProbeKind } from '../probe/probe.ts'
import type { Owner } from '../../ports/world.ts'
import type { Instant } from '../../rules/words.ts'

/** A database as its application's owner should know it. Dates are AWS's. */
export interface AskedDatabase {
  readonly name: string
  readonly engine: string
  readonly region: string
  readonly account: string
  readonly environment: string
  readonly from: string
  readonly to: string
  /** When the CA of now expires, and the certificate that is served; when AWS changes it on its own. */
  readonly caUntil?: Instant | undefined
  readonly leafUntil?: Instant | undefined
  readonly forcedOn?: Instant | undefined
  readonly restarts: 'yes' | 'no' | 'unknown' | 'listener'
  /** What is known already that would break, in sentences. Empty: nothing is known. */
  readonly breaks: readonly string[]
}

/** A file that goes with a message, and how it is run where the application lives. */
export interface AskedProbe {
  readonly kind: ProbeKind
  readonly file: string
  readonly text: string
  /** In one line: the file is there; and through a pipe, into a container. */
  readonly run: string
  readonly piped: string
}

export interface AskedApplication {
  readonly name: string
  readonly verification: string
  readonly route: string
  readonly databases: readonly AskedDatabase[]
  /** How its client is made to trust the bundle, where it is declared which client that is. */
  readonly howto?: Howto | undefined
  readonly probes: readonly AskedProbe[]
}

/** How a message can be written. */
export const MESSAGE_FORMATS = ['mail', 'markdown', 'slack'] as const
export type MessageFormat = (typeof MESSAGE_FORMATS)[number]

/** All that one owner is asked. */
export interface Message {
  readonly owner: Owner
  readonly applications: readonly AskedApplication[]
  /** By when the answers are wanted; and when we change the databases, where that is decided. */
  readonly due: Instant
  readonly changeOn?: Instant | undefined
  /** Where the lines go; absent: to whoever sent the message. */
  readonly replyTo?: string | undefined
  /** Where the trust bundle is had. */
  readonly bundleUrls: readonly string[]
}

/** A part of a message, in no format yet. */
export type Part =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
