import { execFile, execFileSync } from 'node:child_process'

export interface Said {
  readonly code: number
  readonly said: string
}

/** Runs a program and gives what it printed, whatever its exit code. Nothing of this machine's own settings is used. */
export const say = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> =>
  new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', ...env }, maxBuffer: 64_000_000 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, said: stdout + stderr }),
    )
    child.stdin?.end()
  })

const runs = (program: string, args: readonly string[], shows: RegExp): boolean => {
  try {
    return shows.test(execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }))
  } catch {
    return false
  }
}

/** A JDK with its compiler: what runs a source file. */
export const HAS_JDK = runs('java', ['--list-modules'], /^jdk\.compiler/m)
export const HAS_KEYTOOL = HAS_JDK || runs('java', ['--list-modules'], /^java\.base/m)
