/** The terminal UI on a headless terminal, driven as an operator would. */
import { runTui, type TuiEnd } from '../../../src/ui/tui/run-tui.tsx'
import { headlessTerminal, KEYS, type HeadlessTerminal } from '../../support/terminal.ts'
import { testSession, type TestSession, type Wish } from '../../support/session.ts'

export interface Driven extends TestSession {
  readonly terminal: HeadlessTerminal
  /** Settles when it has ended. */
  readonly ended: Promise<TuiEnd>
  /** When Ctrl-Z stopped it. */
  readonly stops: readonly number[]
  /** Nothing is being done for the selected database any more, and the screen shows it. */
  idle(): Promise<string>
  /** From the first step to the gate of 07, which opens. */
  toTheGate(): Promise<void>
  /** Ends it, if it has not ended. */
  end(): Promise<void>
}

export interface Looks {
  readonly columns?: number
  readonly rows?: number
  readonly unicode?: boolean
  readonly colour?: boolean
}

const WORKING = 'x stops it'

export async function drive(wish: Wish = {}, looks: Looks = {}, made?: TestSession): Promise<Driven> {
  const { columns = 80, rows = 24, unicode = true, colour = false } = looks
  const test = made ?? (await testSession(wish))
  const terminal = headlessTerminal(columns, rows)
  const stops: number[] = []
  const ending = new AbortController()
  const ended = runTui(
    test.session,
    { stdinTty: true, stdoutTty: true, colour, unicode, columns, rows },
    {
      stdin: terminal.stdin,
      stdout: terminal.stdout,
      signal: ending.signal,
      stop: () => void stops.push(test.clock.now()),
    },
  )
  // A test that fails before it waits for the end must not leave a rejection that nobody sees.
  ended.catch(() => undefined)
  // The mode is on every screen, however small.
  await Promise.race([terminal.waitFor(test.session.badge.mode), ended])
  const idle = () => terminal.waitFor((screen) => !screen.includes(WORKING))
  return {
    ...test,
    terminal,
    ended,
    stops,
    idle,
    async toTheGate() {
      test.region.storeIsStale = false
      await terminal.type(KEYS.enter)
      await terminal.waitFor('c: see the request of 07')
      await idle()
    },
    async end() {
      ending.abort()
      await ended.catch(() => undefined)
    },
  }
}

/** Types the name and waits for what comes of it. */
export async function confirmAs({ terminal }: Driven, name: string): Promise<void> {
  await terminal.type('c')
  await terminal.waitFor('Type the database')
  await terminal.type(name, KEYS.enter)
}
