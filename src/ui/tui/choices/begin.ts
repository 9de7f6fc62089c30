import { caNow } from '../../../rules/ca-now.ts'
import { beginnings } from '../../../runner/begin.ts'
import { SEQUENCE_WHEN, SEQUENCE_WORDS } from '../../view/english.ts'
import { keyOf, type Scene, type Selected } from '../scene/scene.ts'
import { chooser, type Chooser, type Option } from '../state/dialog.ts'

/** Every sequence, each with when it is the one to begin, and why it cannot be begun now. */
export function beginChooser({ session }: Scene, { desk, name, key }: Selected): Chooser {
  const record = session.databases.find((one) => keyOf(one.desk) === key)?.record
  const options = beginnings(desk, caNow(desk.record, record?.ca)).map((beginning): Option => {
    const { sequence, target, off } = beginning
    return {
      label: sequence === 'rollback' && target !== undefined ? `rollback to ${target}` : SEQUENCE_WORDS[sequence],
      detail: SEQUENCE_WHEN[sequence],
      ...(off !== undefined && { off }),
      next: { intent: { do: 'begin', beginning } },
    }
  })
  const under =
    desk.rotation && !desk.rotation.end
      ? [`Under way: ${SEQUENCE_WORDS[desk.rotation.sequence]}. It ends as abandoned.`]
      : []
  return chooser(`${name}: begin`, options, under)
}
