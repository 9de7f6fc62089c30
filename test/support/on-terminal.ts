import { spawn } from '@lydell/node-pty'
import { BIN, cleanEnv, until } from './program.ts'

/** Runs the program on a terminal of this size; once it has drawn a text, types a key or sends a signal. */
export async function onTerminal(
  args: readonly string[],
  [cols, rows]: readonly [number, number],
  text: string,
  end: string,
): Promise<{ readonly code: number; readonly screen: string }> {
  const env = { ...cleanEnv(), TERM: 'xterm-256color' }
  const terminal = spawn(process.execPath, [BIN, ...args], { cols, rows, env })
  let screen = ''
  let ended: number | undefined
  terminal.onData((data) => (screen += data))
  terminal.onExit(({ exitCode }) => (ended = exitCode))
  await until(`"${text}" on the screen`, () => screen.includes(text) || ended !== undefined)
  if (end.startsWith('SIG')) terminal.kill(end)
  else terminal.write(end)
  await until('it has ended', () => ended !== undefined)
  return { code: ended ?? NaN, screen }
}
