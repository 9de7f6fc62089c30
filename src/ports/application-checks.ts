/** An application's own check: a command that connects with what the application really uses. */
export interface ApplicationCheck {
  /** Program and arguments. With `shell`, one line for `sh`. */
  readonly argv: readonly [string, ...string[]]
  readonly shell?: true
  /** Milliseconds before it is ended; 30,000 when absent. */
  readonly timeout?: number
  /** It connects with the roots of RDS_CA_BUNDLE and no others, so that it must fail when those are the wrong ones. */
  readonly honours?: 'bundle' | undefined
}

export interface CheckQuestion {
  readonly check: ApplicationCheck
  /** Given to the command as RDS_CA_HOST, RDS_CA_PORT and RDS_CA_BUNDLE (of roots that are given, PEM, as a file for its time). */
  readonly host: string
  readonly port: number
  readonly bundle: { readonly file: string } | { readonly roots: readonly string[] }
  readonly signal?: AbortSignal
}

/** How the command ended, with its last output: at most 2,000 characters, control characters and secrets taken out. */
export interface CheckResult {
  readonly passed: boolean
  /** Exit code, or the signal's name, or `TIMEOUT`, or the reason why it could not be started (`ENOENT`). */
  readonly ended: string
  readonly output: string
  readonly ms: number
}

export interface ApplicationChecks {
  /** Never throws for the command's sake: a command that cannot be started is a result that has not passed. */
  run(question: CheckQuestion): Promise<CheckResult>
  /** The IP address that a host's name stands for here: a wrong name of the same server. Undefined when it stands for none. */
  addressOf(host: string): Promise<string | undefined>
}
