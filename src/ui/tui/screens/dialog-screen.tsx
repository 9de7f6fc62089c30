import type { ReactElement } from 'react'
import type { Scene } from '../scene/scene.ts'
import type { Dialog } from '../state/dialog.ts'
import { ChooseScreen } from './choose-screen.tsx'
import { ConfirmScreen } from './confirm-screen.tsx'
import { FormScreen } from './form-screen.tsx'
import { HelpContent } from './help-screen.tsx'
import { MessagesContent } from './messages-screen.tsx'
import { Overlay } from './overlay.tsx'
import { WaveScreen } from './wave-screen.tsx'

interface Props {
  readonly scene: Scene
  readonly dialog: Dialog
  readonly rows: number
  readonly onMeasured: (content: number, view: number) => void
}

/** What lies over the panes. */
export function DialogScreen({ scene, dialog, rows, onMeasured }: Props): ReactElement | null {
  const { overlay } = scene.state
  switch (dialog.kind) {
    case 'help':
      return (
        <Overlay title="Keys" scroll={overlay} onMeasured={onMeasured}>
          <HelpContent scene={scene} />
        </Overlay>
      )
    case 'messages':
      return (
        <Overlay title="Messages, newest first" scroll={overlay} onMeasured={onMeasured}>
          <MessagesContent scene={scene} />
        </Overlay>
      )
    case 'wave':
      return scene.state.wave ? <WaveScreen scene={scene} wave={scene.state.wave} onMeasured={onMeasured} /> : null
    case 'choose':
      return <ChooseScreen dialog={dialog} rows={rows} />
    case 'form':
      return <FormScreen dialog={dialog} rows={rows} />
    case 'confirm':
      return <ConfirmScreen scene={scene} dialog={dialog} onMeasured={onMeasured} />
  }
}
