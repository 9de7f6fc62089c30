import { Box, useAnimation, useApp, useWindowSize } from 'ink'
import { useCallback, useSyncExternalStore, type ReactElement } from 'react'
import type { Session } from '../session.ts'
import type { Hands } from './keys/hands.ts'
import { useKeys } from './keys/use-keys.ts'
import { hintOf } from './scene/hint.ts'
import { layoutOf } from './scene/layout.ts'
import { sceneOf, type Scene } from './scene/scene.ts'
import type { Standings } from './scene/standings.ts'
import { BadgeLine } from './screens/badge-line.tsx'
import { DialogScreen } from './screens/dialog-screen.tsx'
import { Footer } from './screens/footer.tsx'
import { MainScreen } from './screens/main-screen.tsx'
import { MessageLine } from './screens/message-line.tsx'
import { TooSmall } from './screens/too-small.tsx'
import { dialogOf } from './state/state.ts'
import type { Store } from './state/store.ts'

export interface AppProps {
  readonly session: Session
  readonly store: Store
  readonly standings: Standings
  readonly hands: Omit<Hands, 'redraw' | 'suspend'>
  /** Stops the whole process group, as the shell's job control expects. Returns when it goes on. */
  readonly stop: () => void
  readonly fail: (error: unknown) => void
}

/** Milliseconds between two looks at the clock, while something on screen depends on it. */
const TICK = 1_000

/** Whether time alone changes what is seen. */
const moves = ({ state, selected }: Scene): boolean =>
  Object.keys(state.busy).length > 0 ||
  dialogOf(state)?.kind === 'confirm' ||
  Number.isFinite(selected?.assessment.until)

/** The whole screen, never larger than the window. */
export function App({ session, store, standings, hands, stop, fail }: AppProps): ReactElement {
  const { columns, rows } = useWindowSize()
  const { suspendTerminal } = useApp()
  const state = useSyncExternalStore(store.subscribe, store.get)
  const scene = sceneOf(session, standings, state)
  useAnimation({ interval: TICK, isActive: moves(scene) })
  // Whoever had the terminal meanwhile may have written anywhere: coming back draws every cell anew.
  const away = (then: () => void) => () => void suspendTerminal(then).catch(fail)
  useKeys(
    () => sceneOf(session, standings, store.get()),
    { ...hands, redraw: away(() => undefined), suspend: away(stop) },
    fail,
  )
  const onPage = useCallback(
    (content: number, view: number) => store.dispatch({ kind: 'measured', area: 'page', content, view }),
    [store],
  )
  const onOverlay = useCallback(
    (content: number, view: number) => store.dispatch({ kind: 'measured', area: 'overlay', content, view }),
    [store],
  )

  const layout = layoutOf(columns, rows)
  if (layout.kind === 'tiny') return <TooSmall columns={columns} rows={rows} />
  const dialog = dialogOf(state)
  return (
    // The width is Ink's own: when the window shrinks, Ink draws the present tree once at the new width before React hears of it.
    <Box width="100%" height={rows} flexDirection="column" overflow="hidden">
      <BadgeLine badge={session.badge} columns={columns} />
      {dialog ? (
        <DialogScreen scene={scene} dialog={dialog} rows={layout.body + layout.messages - 1} onMeasured={onOverlay} />
      ) : (
        <MainScreen scene={scene} layout={layout} onMeasured={onPage} />
      )}
      <MessageLine state={state} hint={dialog ? '' : hintOf(scene)} rows={dialog ? 1 : layout.messages} />
      <Footer scene={scene} />
    </Box>
  )
}
