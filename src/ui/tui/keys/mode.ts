import { dialogOf, type TuiState } from '../state/state.ts'
import type { Mode } from './command.ts'

/** What keys mean now. */
export function modeOf(state: TuiState): Mode {
  const dialog = dialogOf(state)
  switch (dialog?.kind) {
    case undefined:
      return 'screen'
    case 'help':
    case 'messages':
    case 'waves':
      return 'reader'
    case 'choose':
      return 'chooser'
    case 'form':
      return 'typing'
    case 'confirm':
      return dialog.phase.at === 'asking' ? 'typing' : 'reader'
  }
}
