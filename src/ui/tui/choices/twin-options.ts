import type { Scene, Selected } from '../scene/scene.ts'
import { keyOf } from '../scene/scene.ts'
import type { Option } from '../state/dialog.ts'
import { calledBy } from '../../../rules/step.ts'

/** The databases of the session that can stand surety: those declared or decided to be staging, and "none". */
export function twinOptions({ session }: Scene, selected: Selected): readonly Option[] {
  const own = session.databases.find(({ desk }) => keyOf(desk) === selected.key)?.record
  const staging = session.databases.flatMap(({ desk, record }): Option[] => {
    if (keyOf(desk) === selected.key || desk.decided.environment !== 'staging') return []
    const { subject, name } = desk.about
    const other =
      own && record && record.engine !== own.engine ? `${record.engine}, and this one is ${own.engine}` : undefined
    const detail = other ?? record?.engine
    return [
      {
        label: calledBy(desk.about),
        ...(detail !== undefined && { detail }),
        next: { intent: { do: 'decide', decision: 'twin', value: { subject, name } } },
      },
    ]
  })
  return [
    ...staging,
    {
      label: 'none',
      detail: 'No staging database stands surety: then step 05 must be waived with a typed reason.',
      next: { intent: { do: 'decide', decision: 'twin', value: 'none' } },
    },
  ]
}
