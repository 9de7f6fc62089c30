/** A value that a text leaves open: `{BUNDLE}` the PEM file, `{STORE}` the PKCS#12 made of it, `{HOST}` the endpoint. */
export interface Values {
  readonly bundle: string
  readonly store: string
  readonly host: string
}

/** One change, in the client's own words. */
export interface ClientChange {
  /** The file or option that it stands in. */
  readonly where: string
  /** Exactly as it is to be written. Capitals (USER, DATABASE, PASSWORD) are the reader's own. */
  readonly code: readonly string[]
}

/** An option that looks as if it made the client verify. */
export interface FalseFriend {
  readonly option: string
  readonly does: string
}

/** How one client is made to verify with a trust bundle, and how one sees that it does. Nothing in it may be empty. */
export interface Howto {
  /** What is typed: `rds-ca-runbook bundle howto ID`. */
  readonly id: string
  readonly name: string
  readonly changes: readonly ClientChange[]
  /** The proof that must be able to fail, where it is not the usual one: the roots of another Region must be refused. */
  readonly control?: string
  /** How else to see that it is in force. */
  readonly check: readonly string[]
  /** What the client says when the roots are the wrong ones: its own words, for a search in logs. */
  readonly refusal: string
  readonly traps: readonly string[]
  readonly looksRight: readonly FalseFriend[]
  /** Where the client's own authors say so. */
  readonly source: string
}

/** Puts values in their places. */
export const fill = (text: string, { bundle, store, host }: Values): string =>
  text.replaceAll('{BUNDLE}', bundle).replaceAll('{STORE}', store).replaceAll('{HOST}', host)
