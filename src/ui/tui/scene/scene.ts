import type { Assessment } from '../../../rules/assess.ts'
import type { Position } from '../../../rules/position.ts'
import { subjectKey, type Instant } from '../../../rules/words.ts'
import type { Desk } from '../../../runner/desk.ts'
import type { Session } from '../../session.ts'
import type { Busy, TuiState } from '../state/state.ts'
import type { Standings } from './standings.ts'
import { calledBy } from '../../../rules/step.ts'

/** The database that the screen is about, and the step of it. */
export interface Selected {
  readonly key: string
  readonly name: string
  readonly desk: Desk
  readonly assessment: Assessment
  readonly position: Position
  readonly busy: Busy | undefined
}

/** Everything that keys and views decide by, at one instant. */
export interface Scene {
  readonly session: Session
  readonly standings: Standings
  readonly state: TuiState
  readonly now: Instant
  /** Undefined when the session has no database. */
  readonly selected: Selected | undefined
}

export const keyOf = (desk: Desk): string => subjectKey(desk.about.subject)

/** The step that was chosen; else the next one; else the last. */
export function stepShown(assessment: Assessment, chosen: string | undefined): Position | undefined {
  const { steps, next } = assessment
  return (
    (chosen === undefined ? undefined : steps.get(chosen)) ??
    (next === undefined ? undefined : steps.get(next)) ??
    [...steps.values()].at(-1)
  )
}

export function sceneOf(session: Session, standings: Standings, state: TuiState): Scene {
  const base = { session, standings, state, now: session.now() }
  const desk = session.databases[state.selected]?.desk
  if (!desk) return { ...base, selected: undefined }
  const key = keyOf(desk)
  const assessment = standings.of(state.selected)
  const position = stepShown(assessment, state.steps[key])
  if (!position) return { ...base, selected: undefined }
  return { ...base, selected: { key, name: calledBy(desk.about), desk, assessment, position, busy: state.busy[key] } }
}
