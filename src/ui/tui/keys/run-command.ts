import { unanswered } from '../../../runner/observe.ts'
import { attestNext, remedyNext, unansweredChooser, waiveNext } from '../choices/answers.ts'
import { beginChooser } from '../choices/begin.ts'
import { decideChooser, wantedDecisions } from '../choices/decide.ts'
import { keyOf, type Scene, type Selected } from '../scene/scene.ts'
import { confirming, form, REPLY_FORM, type Next } from '../state/dialog.ts'
import { dialogOf, PANES, type Pane } from '../state/state.ts'
import type { Edit } from '../state/text-field.ts'
import type { Command } from './command.ts'
import { closeDialog, submitDialog } from './dialog-keys.ts'
import type { Hands } from './hands.ts'
import { moveAmongDatabases, moveBy, moveTo } from './moving.ts'
import { changeStepOf } from './off.ts'
import type { Press } from './press.ts'

/** Does what a key came to. Whoever calls has seen that the command is not off. */
export function runCommand(command: Command, press: Press, scene: Scene, hands: Hands): void {
  const { selected, state } = scene
  const { dispatch } = hands
  const edit = (what: Exclude<Edit['edit'], 'insert'>) => dispatch({ kind: 'typed', edit: { edit: what } })
  const focus = (pane: Pane | undefined) => pane && dispatch({ kind: 'focused', pane })
  const at = PANES.indexOf(state.focus)
  const next = (what: Next | undefined, of: Selected) => what && follow(what, of.key, hands)
  switch (command) {
    case 'go-on':
      return selected && goOn(scene, selected, hands)
    case 'look':
      return selected && hands.perform(selected.key, { do: 'look', step: selected.position.step })
    case 'decide':
      return selected && decide(scene, selected, hands)
    case 'waive':
      return selected && next(waiveNext(scene, selected), selected)
    case 'attest':
      return selected && next(attestNext(scene, selected), selected)
    case 'remedy':
      return selected && next(remedyNext(scene, selected), selected)
    case 'confirm':
      return selected && confirm(scene, selected, hands)
    case 'begin':
      return selected && dispatch({ kind: 'opened', dialog: beginChooser(scene, selected) })
    case 'resolve':
      return selected && resolve(scene, selected, hands)
    case 'cancel':
      return selected && hands.perform(selected.key, { do: 'cancel' })
    case 'refresh':
      return hands.perform(selected?.key ?? '', { do: 'refresh' })
    case 'reply':
      return dispatch({ kind: 'opened', dialog: REPLY_FORM })
    case 'up':
      return moveBy(scene, -1, dispatch)
    case 'down':
      return moveBy(scene, 1, dispatch)
    case 'start':
    case 'end':
      return moveTo(scene, command, dispatch)
    case 'right':
      return focus(PANES[at + 1])
    case 'left':
      return focus(PANES[at - 1])
    case 'next-pane':
      return focus(PANES[(at + 1) % PANES.length])
    case 'previous-pane':
      return focus(PANES.at(at - 1))
    case 'next-database':
    case 'previous-database':
      return moveAmongDatabases(scene, command === 'next-database' ? 1 : -1, dispatch)
    case 'step':
      return selected && selectStep(selected, press, hands)
    case 'filter':
      return dispatch({
        kind: 'opened',
        dialog: form(
          'Which databases are listed',
          { for: 'filter' },
          state.filter === '' ? [] : [`Now: "${state.filter}".`],
        ),
      })
    case 'page-up':
    case 'page-down':
      return dispatch({ kind: 'scrolled', area: dialogOf(state) ? 'overlay' : 'page', by: command })
    case 'waves':
      return hands.perform(selected?.key ?? '', { do: 'waves' })
    case 'halt':
      return dispatch({
        kind: 'opened',
        dialog: form('Halt the waves', { for: 'halt' }, [
          'What is under way is followed to its end; nothing more is begun.',
        ]),
      })
    case 'stop-wave':
      return hands.perform(selected?.key ?? '', { do: 'stop-wave' })
    case 'messages':
    case 'help':
      return dispatch({ kind: 'opened', dialog: { kind: command } })
    case 'quit':
      return hands.leave('quit')
    case 'interrupt':
      return hands.leave('interrupted')
    case 'choose': {
      const dialog = dialogOf(state)
      const option = dialog?.kind === 'choose' ? dialog.options[dialog.at] : undefined
      if (!option || !selected) return
      if (option.off !== undefined)
        return hands.say({ tone: 'info', says: `${option.label}: ${option.off}.`, cure: '' })
      return follow(option.next, selected.key, hands)
    }
    case 'close':
      return closeDialog(press, scene, hands)
    case 'submit':
      return submitDialog(scene, hands)
    case 'next-field':
    case 'previous-field':
      return dispatch({ kind: 'field-moved', by: command === 'next-field' ? 1 : -1 })
    case 'erase':
    case 'erase-ahead':
    case 'clear':
      return edit(command)
    case 'cursor-left':
      return edit('left')
    case 'cursor-right':
      return edit('right')
    case 'cursor-start':
      return edit('start')
    case 'cursor-end':
      return edit('end')
    case 'redraw':
      return hands.redraw()
    case 'suspend':
      return hands.suspend()
  }
}

/** Another dialog, or something to be done for a database. */
function follow(next: Next, database: string, { dispatch, perform }: Hands): void {
  if ('open' in next) return dispatch({ kind: 'opened', dialog: next.open })
  dispatch({ kind: 'dismissed' })
  perform(database, next.intent)
}

/** Once everything before the change is proven, going on is to confirm it. */
function goOn(scene: Scene, selected: Selected, hands: Hands): void {
  const { assessment, key } = selected
  const next = assessment.next === undefined ? undefined : assessment.steps.get(assessment.next)
  if (next?.gate.open && scene.session.runbook.steps[next.step]?.change) return confirm(scene, selected, hands)
  hands.dispatch({ kind: 'followed', database: key })
  hands.perform(key, { do: 'go-on' })
}

function decide(scene: Scene, selected: Selected, { dispatch }: Hands): void {
  const all = decideChooser(scene, selected)
  dispatch({ kind: 'opened', dialog: all })
  const option = wantedDecisions(selected).length > 0 ? all.options[all.at] : undefined
  if (option && option.off === undefined && 'open' in option.next)
    dispatch({ kind: 'opened', dialog: option.next.open })
}

function confirm(scene: Scene, selected: Selected, hands: Hands): void {
  const { key, name, desk } = selected
  const step = changeStepOf(scene, selected)
  if (step === undefined) return
  if (unanswered(desk)) return resolve(scene, selected, hands)
  hands.dispatch({ kind: 'opened', dialog: confirming(key, name, step) })
  hands.perform(key, { do: 'apply', step })
}

function resolve(scene: Scene, selected: Selected, { dispatch }: Hands): void {
  const step = changeStepOf(scene, selected)
  if (step !== undefined) dispatch({ kind: 'opened', dialog: unansweredChooser(selected, step) })
}

/** `1` to `9`, and `0` for the tenth. */
function selectStep({ assessment, desk }: Selected, { key }: Press, { dispatch }: Hands): void {
  const step = [...assessment.steps.keys()][(Number(key) + 9) % 10]
  if (step !== undefined) dispatch({ kind: 'step-selected', database: keyOf(desk), step })
}
