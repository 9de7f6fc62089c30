import { render } from 'ink'
import type { Session } from '../session.ts'
import type { Terminal } from '../terminal.ts'
import { App } from './app.tsx'
import type { Hands } from './keys/hands.ts'
import { keyOf } from './scene/scene.ts'
import { standingsOf } from './scene/standings.ts'
import { initialState } from './state/state.ts'
import { createStore } from './state/store.ts'
import { ThemeContext } from './theme/theme-context.ts'
import { themeOf } from './theme/theme.ts'
import { changesUnderWay } from './work/under-way.ts'
import { createWorker } from './work/worker.ts'

/** How the operator left. */
export interface TuiEnd {
  readonly kind: 'quit' | 'interrupted'
}

export interface TuiOptions {
  /** The terminal's own streams, when absent. */
  readonly stdin?: NodeJS.ReadStream
  readonly stdout?: NodeJS.WriteStream
  /** Ends it from outside, as Ctrl-C would. */
  readonly signal?: AbortSignal
  /** Stops the process group, as Ctrl-Z means; the default sends it SIGTSTP. */
  readonly stop?: () => void
}

/** How it shows that nobody can type any more. */
const LOST = ['end', 'close', 'error'] as const

/** The whole group: stopping this process alone leaves its parent, and with it the terminal, hanging. */
const stopGroup = (): void => {
  process.kill(0, 'SIGTSTP')
}

/**
 * Shows the terminal UI until the operator leaves, and restores the terminal whatever happens. Both streams must be terminals.
 * Resolves to how it was left, when nothing is under way any more: a request that was sent has its answer on record, unless Ctrl-C
 * was pressed twice. Rejects with an error that should not have happened, the terminal restored.
 */
export async function runTui(session: Session, terminal: Terminal, options: TuiOptions = {}): Promise<TuiEnd> {
  const { stdin = process.stdin, stdout = process.stdout, signal, stop = stopGroup } = options
  const ended = Promise.withResolvers<TuiEnd>()
  const fail = (error: unknown): void => ended.reject(error)
  const [notice, ...more] = session.notices
  const first =
    notice === undefined
      ? []
      : [{ tone: 'warn' as const, says: notice, cure: more.length > 0 ? `m shows ${more.length} more.` : '' }]
  const store = createStore(initialState(first.map((said) => ({ at: session.now(), ...said }))))
  const worker = createWorker(session, store, fail)

  const leave: Hands['leave'] = (how) => {
    // The second time, nothing is waited for: the next start observes what became of a request that was on its way.
    if (store.get().leaving) return ended.resolve({ kind: how })
    store.dispatch({ kind: 'leaving', how })
    worker.end().then(() => ended.resolve({ kind: how }), fail)
  }
  const interrupt = (): void => leave('interrupted')
  const hands = {
    dispatch: store.dispatch,
    perform: worker.perform,
    answer: worker.answer,
    answerWave: worker.answerWave,
    say: (said) => store.dispatch({ kind: 'said', at: session.now(), said }),
    leave,
  } satisfies Omit<Hands, 'redraw' | 'suspend'>

  const tree = (
    <ThemeContext value={themeOf(terminal)}>
      <App
        session={session}
        store={store}
        standings={standingsOf(session, () => store.get().revision)}
        hands={hands}
        stop={stop}
        fail={fail}
      />
    </ThemeContext>
  )
  const instance = render(tree, {
    stdin,
    stdout,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    // What others print goes to the process's own output: it can only get in the way there.
    patchConsole: stdout === process.stdout,
  })
  const gone = instance.waitUntilExit()
  gone.then(() => ended.resolve({ kind: 'interrupted' }), fail)
  // A terminal that went away can be neither drawn on nor read: without listeners it would hang, or end from within a write.
  stdout.on('error', interrupt)
  for (const lost of LOST) stdin.on(lost, interrupt)
  signal?.addEventListener('abort', interrupt, { once: true })
  if (signal?.aborted) interrupt()
  for (const desk of changesUnderWay(session)) worker.perform(keyOf(desk), { do: 'go-on' })
  try {
    return await ended.promise
  } finally {
    signal?.removeEventListener('abort', interrupt)
    // Left in a hurry, or by a bug: what is still under way is stopped, and not waited for.
    worker.end().catch(() => undefined)
    // Blank before it is left: tmux (3.3) wraps what stands on the alternate screen when the window was enlarged, and shows it afterwards.
    instance.rerender(null)
    instance.unmount()
    await gone.catch(() => undefined)
    stdout.off('error', interrupt)
    for (const lost of LOST) stdin.off(lost, interrupt)
  }
}
