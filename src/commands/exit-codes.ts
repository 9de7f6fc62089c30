/** The program's exit codes, the same in every command. Documented in the README, which a test holds to this list. */
export const EXIT = {
  /** Everything that was asked for is so. */
  done: 0,
  /** An error of ours. */
  bug: 1,
  /** A flag, an argument or the configuration is wrong. */
  usage: 2,
  /** A gate is closed, or waits for a person or a time. */
  closed: 3,
  /** It was looked at, and is not proven, or has not settled in the stated time. */
  notProven: 4,
  /** AWS or the network could not be used. */
  unreachable: 5,
  /** Ctrl-C, or a signal. */
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What reading comes to where nothing else went wrong: a list that lacks a Region must not pass for a whole one. */
export const exitOfReading = ({ unread = [] }: { readonly unread?: readonly unknown[] }): ExitCode =>
  unread.length > 0 ? EXIT.unreachable : EXIT.done
