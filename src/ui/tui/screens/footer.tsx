import { Box } from 'ink'
import type { ReactElement } from 'react'
import { bindingsOf } from '../keys/bindings.ts'
import type { Binding } from '../keys/binding.ts'
import { modeOf } from '../keys/mode.ts'
import { Say } from '../parts/say.tsx'
import type { Scene } from '../scene/scene.ts'

/** The keys that do something now, then those that do not, in parentheses: pressing one says why. What does not fit is in the help. */
export function Footer({ scene }: { readonly scene: Scene }): ReactElement {
  const mode = modeOf(scene.state)
  const shown = bindingsOf(mode).filter(({ footer }) => footer)
  const off = (one: Binding) => one.off?.(scene) !== undefined
  const keys = [...shown.filter((one) => !off(one)), ...shown.filter((one) => off(one))]
  return (
    <Box height={1} flexShrink={0} columnGap={2}>
      <Box flexWrap="wrap" height={1} overflow="hidden" columnGap={2} flexGrow={1} flexShrink={1}>
        {keys.map((one) => (
          <Box key={one.command} flexShrink={0} height={1}>
            <Say look={off(one) ? 'dim' : 'plain'}>
              {off(one) ? `(${one.shown} ${one.label})` : `${one.shown} ${one.label}`}
            </Say>
          </Box>
        ))}
      </Box>
      <Box flexShrink={0}>
        <Say>{mode === 'screen' ? '? help  q quit' : 'Ctrl-C end'}</Say>
      </Box>
    </Box>
  )
}
