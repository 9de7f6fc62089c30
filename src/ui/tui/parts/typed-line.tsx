import { Text } from 'ink'
import type { ReactElement } from 'react'
import { asciiOnly } from '../../view/ascii.ts'
import { partsOf, type TextField } from '../state/text-field.ts'
import { useTheme } from '../theme/theme-context.ts'

/** A line being typed, with its cursor: inverse, or a bar where the terminal shows no attributes. */
export function TypedLine({ field, active }: { readonly field: TextField; readonly active: boolean }): ReactElement {
  const { looks, colour, unicode } = useTheme()
  const shown = (text: string) => (unicode ? text : asciiOnly(text))
  const [before, under, after] = partsOf(field)
  if (!active) return <Text>{shown(field.text)}</Text>
  if (!colour) return <Text>{shown(`${before}|${under}${after}`)}</Text>
  return (
    <Text>
      {shown(before)}
      <Text {...looks.chosen}>{shown(under === '' ? ' ' : under)}</Text>
      {shown(after)}
    </Text>
  )
}
