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
      return 'reader'
    case 'wave':
      return waveMode(state)
    case 'choose':
      return 'chooser'
    case 'form':
      return 'typing'
    case 'confirm':
      return dialog.phase.at === 'asking' ? 'typing' : 'reader'
  }
}

function waveMode({ wave }: TuiState): Mode {
  switch (wave?.phase.at) {
    case 'asking':
      return 'typing'
    case 'surveying':
    case 'changing':
      return 'wave'
    case 'ended':
    case undefined:
      return 'reader'
  }
}
