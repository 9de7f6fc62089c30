/** Where a database's log-in is declared to come from. Without a declaration: from where its engine's own tools look. */
export type DeclaredLogIn =
  /** PG* and MYSQL_* variables, service and password files. */
  | { readonly from: 'environment' }
  /** A service of pg_service.conf. */
  | { readonly from: 'service'; readonly service: string }
  /** An IAM token for this database user. */
  | { readonly from: 'iam'; readonly user: string; readonly database?: string | undefined }
  /** A secret of Secrets Manager by name or ARN; the instance's own master user secret where none is named. */
  | { readonly from: 'secret'; readonly secret?: string | undefined; readonly database?: string | undefined }
  /** Typed by the operator, without an echo, when the program starts. */
  | { readonly from: 'prompt'; readonly user: string; readonly database?: string | undefined }
  /** Nobody logs in. */
  | { readonly from: 'nowhere' }

/** What an AWS account gives for log-ins to its databases. Every method throws `CannotAsk`. */
export interface LogInSecrets {
  /** An IAM token in place of a password, for the real endpoint: good for 15 minutes. Signed here; only credentials may be fetched. */
  token(question: { readonly host: string; readonly port: number; readonly user: string }): Promise<string>
  /** The text of a secret, by name or ARN. */
  secret(id: string): Promise<string>
}
