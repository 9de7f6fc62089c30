import { Box } from 'ink'
import type { ReactElement } from 'react'
import { STANDINGS } from '../../../rules/standing.ts'
import { STANDING_WORDS } from '../../view/english.ts'
import { bindingsOf } from '../keys/bindings.ts'
import { Say } from '../parts/say.tsx'
import type { Scene } from '../scene/scene.ts'
import { useTheme } from '../theme/theme-context.ts'
import { markOf } from '../theme/theme.ts'

/** Every key of the screen, what it does, and why it does nothing now; then what the marks mean. */
export function HelpContent({ scene }: { readonly scene: Scene }): ReactElement {
  const theme = useTheme()
  const marks = STANDINGS.map((standing) => `${markOf(theme, standing)} ${STANDING_WORDS[standing]}`).join('   ')
  return (
    <Box flexDirection="column">
      {bindingsOf('screen').map((binding) => {
        const why = binding.off?.(scene)
        return (
          <Box key={binding.command} columnGap={2} flexShrink={0}>
            <Box width={12} flexShrink={0}>
              <Say look="strong">{`  ${binding.shown}`}</Say>
            </Box>
            <Box flexGrow={1} flexShrink={1}>
              <Say look={why === undefined ? 'plain' : 'dim'}>
                {why === undefined ? binding.help : `${binding.help} (Not now: ${why}.)`}
              </Say>
            </Box>
          </Box>
        )
      })}
      <Box paddingTop={1} paddingLeft={2} flexShrink={0}>
        <Say>{marks}</Say>
      </Box>
    </Box>
  )
}
