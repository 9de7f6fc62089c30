import type { Scene } from '../scene/scene.ts'
import { bindingOf } from './bindings.ts'
import type { Hands } from './hands.ts'
import { modeOf } from './mode.ts'
import type { Press } from './press.ts'
import { runCommand } from './run-command.ts'

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** One key: its command, or why it does nothing now; a character where a line is typed. */
export function pressKey(press: Press, scene: Scene, hands: Hands): void {
  const mode = modeOf(scene.state)
  const binding = bindingOf(mode, press.key)
  if (!binding) {
    if (mode === 'typing' && press.text !== undefined)
      return hands.dispatch({ kind: 'typed', edit: { edit: 'insert', text: press.text } })
    if (mode === 'screen' && press.text !== undefined)
      hands.say({ tone: 'info', says: `"${press.text}" is no key here.`, cure: '? shows the keys.' })
    return
  }
  const off = binding.off?.(scene)
  if (off !== undefined) return hands.say({ tone: 'info', says: `${binding.shown}: ${sentence(off)}`, cure: '' })
  runCommand(binding.command, press, scene, hands)
}

/** Pasted text goes into the line that is typed, and nowhere else: it is no sequence of keys. */
export function pasteText(text: string, scene: Scene, hands: Hands): void {
  if (modeOf(scene.state) === 'typing') return hands.dispatch({ kind: 'typed', edit: { edit: 'insert', text } })
  const { selected } = scene
  if (selected && text.includes('rds-ca-reply')) return hands.perform(selected.key, { do: 'take', text })
  hands.say({ tone: 'info', says: 'Pasted text is taken only where something is typed.', cure: '' })
}
