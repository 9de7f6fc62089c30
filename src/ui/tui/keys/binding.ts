import type { Scene } from '../scene/scene.ts'
import type { Command, Mode } from './command.ts'

/** One command and its keys: what input, footer and help are made from. */
export interface Binding {
  readonly command: Command
  readonly modes: readonly Mode[]
  /** As {@link Press} names them. */
  readonly keys: readonly string[]
  /** How the keys are written on screen. */
  readonly shown: string
  /** One word or two, for the footer. */
  readonly label: string
  /** A sentence, for the help. */
  readonly help: string
  /** Whether it stands in the footer. */
  readonly footer: boolean
  /** Why it does nothing now; undefined when it does. */
  off?(scene: Scene): string | undefined
}
