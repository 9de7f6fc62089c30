import { useInput, usePaste } from 'ink'
import type { Scene } from '../scene/scene.ts'
import type { Hands } from './hands.ts'
import { pressesOf } from './press.ts'
import { pasteText, pressKey } from './press-key.ts'

/** Listens to the keyboard. `scene` is asked for each key anew: the key before may have changed it. */
export function useKeys(scene: () => Scene, hands: Hands, fail: (error: unknown) => void): void {
  useInput((input, key) => {
    try {
      for (const press of pressesOf(input, key)) pressKey(press, scene(), hands)
    } catch (error) {
      fail(error)
    }
  })
  usePaste((text) => {
    try {
      pasteText(text, scene(), hands)
    } catch (error) {
      fail(error)
    }
  })
}
