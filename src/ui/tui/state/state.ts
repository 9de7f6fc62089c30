import type { Instant, Reason } from '../../../rules/words.ts'
import type { Tone } from '../../view/said.ts'
import type { IntentKind } from '../work/intent.ts'
import type { Dialog } from './dialog.ts'
import { UNSCROLLED, type Scroll } from './scroll.ts'
import type { WaveShown } from './wave.ts'

export const PANES = ['fleet', 'steps', 'page'] as const
export type Pane = (typeof PANES)[number]

/** A line of the log at the foot of the screen, newest last. */
export interface Message {
  readonly at: Instant
  readonly tone: Tone
  /** The database's name; absent when it is about none. */
  readonly about?: string
  readonly says: string
  readonly cure: string
}

/** What is being done for a database just now. */
export interface Busy {
  readonly doing: IntentKind
  readonly since: Instant
  /** The step that is looked at. */
  readonly step?: string
  /** AWS or time is waited for: since when, and when it is looked at again. */
  readonly waiting?: {
    readonly step: string
    readonly since: Instant
    readonly until: Instant
    readonly reason?: Reason
  }
}

/** What is on screen. How databases stand is not in here: that is derived from what is on record. */
export interface TuiState {
  readonly focus: Pane
  /** Index into the session's databases. */
  readonly selected: number
  /** Words that the databases that are listed hold; empty: all are. */
  readonly filter: string
  /** The step that was chosen, by database key. Absent: the screen follows the next step. */
  readonly steps: Readonly<Record<string, string>>
  readonly page: Scroll
  readonly overlay: Scroll
  /** What lies over the screen, the one that is seen last. */
  readonly dialogs: readonly Dialog[]
  /** The wave that is run from here, until what came of it has been read. */
  readonly wave: WaveShown | undefined
  /** By database key. */
  readonly busy: Readonly<Record<string, Busy>>
  readonly messages: readonly Message[]
  /** The last message before the present dialog was opened: it is about something else. */
  readonly hushed: Message | undefined
  /** Counts what could have changed how databases stand. */
  readonly revision: number
  /** On the way out: what is under way is being ended. */
  readonly leaving: 'quit' | 'interrupted' | undefined
}

export const initialState = (messages: readonly Message[] = []): TuiState => ({
  focus: 'steps',
  selected: 0,
  filter: '',
  steps: {},
  page: UNSCROLLED,
  overlay: UNSCROLLED,
  dialogs: [],
  wave: undefined,
  busy: {},
  messages,
  hushed: undefined,
  revision: 0,
  leaving: undefined,
})

/** The dialog that is seen, if one is. */
export const dialogOf = ({ dialogs }: TuiState): Dialog | undefined => dialogs.at(-1)
