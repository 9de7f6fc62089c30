import { spawnSync } from 'node:child_process'

const answers = (program: string, argument: string): boolean => spawnSync(program, [argument]).status === 0

/** The referees that are not ours, where this machine has them. */
export const openssl = answers('openssl', 'version')
export const psql = answers('psql', '--version')

/** A test's title, which says why the test is skipped. */
export const titled = (title: string, program: string, present: boolean): string =>
  present ? title : `${title} (skipped: no ${program} on this machine)`
