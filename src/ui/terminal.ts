/** What is known of the terminal, decided once at start-up, before anything that draws is loaded. */
export interface Terminal {
  readonly stdinTty: boolean
  readonly stdoutTty: boolean
  readonly colour: boolean
  readonly unicode: boolean
  readonly columns: number
  readonly rows: number
}

export const UI_KINDS = ['tui', 'plain', 'json'] as const
export type UiKind = (typeof UI_KINDS)[number]

interface Streams {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }
}

/** Reads the facts from streams and environment. NO_COLOR and TERM=dumb mean no colour; LC_ALL, LC_CTYPE, LANG tell Unicode. */
export function terminalOf({ stdin, stdout }: Streams, env: Readonly<Record<string, string | undefined>>): Terminal {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return {
    stdinTty: stdin.isTTY === true,
    stdoutTty: stdout.isTTY === true,
    colour: !env['NO_COLOR'] && env['TERM'] !== 'dumb' && env['FORCE_COLOR'] !== '0' && stdout.isTTY === true,
    unicode: /utf-?8/i.test(locale),
    columns: stdout.columns ?? 80,
    rows: stdout.rows ?? 24,
  }
}

/** The smallest screen on which the terminal UI is whole. */
export const SMALLEST = { columns: 60, rows: 16 } as const

/** The front end: what was asked for, else the terminal UI on a terminal, else plain lines. */
export function uiFor(terminal: Terminal, asked: UiKind | undefined): UiKind {
  if (asked) return asked
  return terminal.stdinTty && terminal.stdoutTty ? 'tui' : 'plain'
}
