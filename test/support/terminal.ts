/** A terminal without a screen: what a program drew, after every escape code; keys, resizing, and the modes it left behind. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'

const { Terminal } = xterm

export interface HeadlessTerminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** The rows as they are seen, without what fills them up to the right. */
  screen(): string
  /** Waits until the screen is as it should be; fails with the screen as it is. */
  waitFor(condition: string | ((screen: string) => boolean)): Promise<string>
  /** The screen when nothing has been drawn for a while: what is measured after a frame is in it. */
  still(): Promise<string>
  /** As typed: each string is one chunk. Waits until the screen has been drawn after it. */
  type(...chunks: readonly string[]): Promise<void>
  /** As pasted into a terminal that brackets what is pasted. */
  paste(text: string): Promise<void>
  resize(columns: number, rows: number): Promise<void>
  /** The terminal is closed: nobody can type any more. */
  hangUp(): void
  /** Rows that were pushed out at the top: more than the window was written. */
  scrolledAway(): number
  readonly raw: boolean
  readonly alternate: boolean
  readonly cursorHidden: boolean
  readonly bracketedPaste: boolean
  /** Everything written so far. */
  written(): string
}

export const KEYS = {
  enter: '\r',
  esc: '\u001B',
  tab: '\t',
  shiftTab: '\u001B[Z',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  pageUp: '\u001B[5~',
  pageDown: '\u001B[6~',
  backspace: '\u007F',
  ctrlC: '\u0003',
  ctrlU: '\u0015',
  ctrlZ: '\u001A',
} as const

/** How long a condition is waited for before it counts as never coming. Milliseconds. */
const PATIENCE = 10_000

/** Turns of 10 ms without a byte, after which a screen counts as still: three of the frames that Ink draws at most. */
const QUIET = 10

export function headlessTerminal(columns: number, rows: number): HeadlessTerminal {
  // A terminal's driver turns each line feed into carriage return and line feed: here the emulator does.
  const emulator = new Terminal({ cols: columns, rows, scrollback: 1_000, allowProposedApi: true, convertEol: true })
  let all = ''
  let raw = false
  let cursorHidden = false
  let drawn = Promise.resolve()

  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    writable: true,
    destroyed: false,
    writableEnded: false,
    write(text: string, done?: () => void): boolean {
      all += text
      const shown = all.lastIndexOf('[?25h')
      cursorHidden = all.lastIndexOf('[?25l') > shown
      const { promise, resolve } = Promise.withResolvers<void>()
      drawn = promise
      emulator.write(text, () => {
        resolve()
        done?.()
      })
      return true
    },
  })
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(on: boolean) {
      raw = on
      return stdin
    },
    ref: () => stdin,
    unref: () => stdin,
  })

  const screen = (): string => {
    const { active } = emulator.buffer
    const lines = Array.from({ length: emulator.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true, 0, emulator.cols) ?? '').trimEnd(),
    )
    return lines.join('\n')
  }
  const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const settled = async () => {
    for (let times = 0; times < 3; times += 1) {
      await turn()
      await drawn
    }
  }

  const terminal: HeadlessTerminal = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    screen,
    async waitFor(condition) {
      const holds = typeof condition === 'string' ? (seen: string) => seen.includes(condition) : condition
      const until = performance.now() + PATIENCE
      for (;;) {
        await settled()
        const seen = screen()
        if (holds(seen)) return seen
        if (performance.now() > until) throw new Error(`${String(condition)} never came:\n${seen}`)
        await new Promise<void>((resolve) => void setTimeout(resolve, 5))
      }
    },
    async still() {
      for (let [quiet, length] = [0, all.length]; quiet < QUIET; quiet += 1) {
        await new Promise<void>((resolve) => void setTimeout(resolve, 10))
        await settled()
        if (all.length !== length) [quiet, length] = [0, all.length]
      }
      return screen()
    },
    async type(...chunks) {
      for (const chunk of chunks) {
        const before = all.length
        stdin.write(chunk)
        // A lone Esc is told from the beginning of a sequence by what does not follow it: Ink waits 20 ms.
        if (chunk === KEYS.esc) await new Promise<void>((resolve) => void setTimeout(resolve, 30))
        await settled()
        if (all.length === before) await settled()
      }
    },
    paste: (text) => terminal.type(`\u001B[200~${text}\u001B[201~`),
    async resize(toColumns, toRows) {
      emulator.resize(toColumns, toRows)
      Object.assign(stdout, { columns: toColumns, rows: toRows })
      stdout.emit('resize')
      await settled()
    },
    hangUp: () => void stdin.end(),
    scrolledAway: () => emulator.buffer.active.baseY,
    get raw() {
      return raw
    },
    get alternate() {
      return emulator.buffer.active.type === 'alternate'
    },
    get cursorHidden() {
      return cursorHidden
    },
    get bracketedPaste() {
      return emulator.modes.bracketedPasteMode
    },
    written: () => all,
  }
  return terminal
}
