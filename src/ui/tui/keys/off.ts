import { unanswered } from '../../../runner/observe.ts'
import { blockerSentence } from '../../view/sentences.ts'
import { attestable, remediable, waivable } from '../choices/answers.ts'
import type { Scene, Selected } from '../scene/scene.ts'

type Off = (scene: Scene) => string | undefined

/** The step that makes the change, in the sequence of the selected rotation. */
export const changeStepOf = ({ session }: Scene, { assessment }: Selected): string | undefined =>
  [...assessment.steps.keys()].find((id) => session.runbook.steps[id]?.change)

/** Why a command for the selected database does nothing now: there is none, it is being worked on, or its rotation has ended. */
const idle =
  (then: (scene: Scene, selected: Selected) => string | undefined = () => undefined): Off =>
  (scene) => {
    const { selected } = scene
    if (!selected) return 'there is no database'
    if (selected.busy) return `${selected.name} is being worked on: x stops it`
    if (selected.assessment.rotation?.end) return `the rotation of ${selected.name} has ended`
    return then(scene, selected)
  }

export const goOnOff = idle()
export const decideOff = idle()

export const lookOff = idle(({ session }, { position }) => {
  if (position.history) return 'it is kept with the receipt, and not judged again'
  if (!session.runbook.steps[position.step]?.look) return 'a change is not looked at: it is proven by its receipt'
  return position.gate.open
    ? undefined
    : blockerSentence(session.runbook, position.step, position.gate.blockers[0]).says
})

export const waiveOff = idle((_, selected) =>
  waivable(selected).length > 0 ? undefined : 'nothing at this step may be waived',
)
export const attestOff = idle((_, selected) =>
  attestable(selected).length > 0 ? undefined : 'nothing at this step may be attested',
)
export const remedyOff = idle((scene, selected) =>
  remediable(scene, selected).length > 0 ? undefined : 'nothing at this step can be mended from here',
)
export const confirmOff = idle((scene, selected) =>
  changeStepOf(scene, selected) === undefined ? 'this sequence changes nothing' : undefined,
)
export const resolveOff = idle((_, { desk }) => (unanswered(desk) ? undefined : 'nothing that was sent is unanswered'))

/** Also where a rotation has ended: that is when the next one is begun. */
export const beginOff: Off = ({ selected }) => {
  if (!selected) return 'there is no database'
  return selected.busy ? `${selected.name} is being worked on: x stops it` : undefined
}

export const cancelOff: Off = ({ selected }) => (selected?.busy ? undefined : 'nothing is being done for this database')

export const suspendOff: Off = () => (process.platform === 'win32' ? 'Windows cannot stop a program' : undefined)
