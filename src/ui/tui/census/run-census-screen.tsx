import { render } from 'ink'
import type { WatchEvent } from '../../../census/watch.ts'
import type { Tally } from '../../../rules/tally.ts'
import type { Terminal } from '../../terminal.ts'
import { themeOf } from '../theme/theme.ts'
import { ThemeContext } from '../theme/theme-context.ts'
import { CensusScreen, type Picture } from './census-screen.tsx'

export interface CensusWords {
  readonly title: string
  readonly plan: string
  readonly linesOf: (tally: Tally) => readonly string[]
  readonly newsOf: (event: WatchEvent) => readonly string[]
}

export interface CensusStreams {
  readonly stdin?: NodeJS.ReadStream
  readonly stdout?: NodeJS.WriteStream
}

export interface RunningScreen {
  show(event: WatchEvent): void
  /** Gives the terminal back as it was. Idempotent. */
  close(): Promise<void>
  /** Aborted when the operator leaves, or the terminal goes away. */
  readonly left: AbortSignal
}

/** So many things that happened stay in sight. */
const NEWS = 3

/** Shows who connects, live, until it is closed. Both streams must be terminals. */
export function runCensusScreen(
  { title, plan, linesOf, newsOf }: CensusWords,
  terminal: Terminal,
  { stdin = process.stdin, stdout = process.stdout }: CensusStreams = {},
): RunningScreen {
  let picture: Picture = { title, plan, lines: ['Looking …'], news: [] }
  const listeners = new Set<() => void>()
  const leaving = new AbortController()
  const leave = (): void => leaving.abort(new Error('left'))
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const instance = render(
    <ThemeContext value={themeOf(terminal)}>
      <CensusScreen subscribe={subscribe} picture={() => picture} leave={leave} />
    </ThemeContext>,
    {
      stdin,
      stdout,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  )
  // A terminal that went away can be neither drawn on nor read.
  stdout.on('error', leave)
  for (const lost of ['end', 'close', 'error']) stdin.on(lost, leave)
  let closed: Promise<void> | undefined
  return {
    left: leaving.signal,
    show(event) {
      const lines = event.kind === 'sampled' ? linesOf(event.tally) : picture.lines
      picture = { ...picture, lines, news: [...picture.news, ...newsOf(event)].slice(-NEWS) }
      for (const listener of listeners) listener()
    },
    close() {
      closed ??= (async () => {
        instance.rerender(null)
        instance.unmount()
        await instance.waitUntilExit().catch(() => undefined)
        stdout.off('error', leave)
        for (const lost of ['end', 'close', 'error']) stdin.off(lost, leave)
      })()
      return closed
    },
  }
}
