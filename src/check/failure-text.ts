/** What an operator is told about one failure: what happened, what it means for a rotation, what to do next. */
export interface FailureText {
  readonly happened: string
  readonly means: string
  readonly next: string
}

/** What the texts are filled in with. */
export interface Words {
  /** `HOST:PORT`. */
  readonly endpoint: string
  /** The name that the certificate must have. */
  readonly name: string
  /** PostgreSQL or MySQL. */
  readonly engine: string
  /** What the judge or the connection says of it, without a full stop. */
  readonly detail: string
  /** The file or directory of trusted roots. */
  readonly store: string
  /** The CA that the served chain says it is of, for example `rds-ca-rsa2048-g1 of eu-west-1`; empty when it is none of RDS's. */
  readonly ca: string
  /** What the store holds for that CA's Region, in words; empty when nothing can be said. */
  readonly held: string
  /** The names in the served certificate. */
  readonly serves: string
}

export type Text = (words: Words) => FailureText

/** A saying as a sentence. A host name at its beginning stays as it is written. */
export const sentence = (text: string): string => {
  const trimmed = text.trim().replace(/\.$/, '')
  const begun = /^\S*\./.test(trimmed) ? trimmed : trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return `${begun}.`
}
