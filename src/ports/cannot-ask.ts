/**
 * AWS could not be asked, or said no to a read. `code` is AWS's or Node's (`AccessDenied`, `Throttling`, `ExpiredToken`, `ECONNREFUSED` …),
 * `permission` the IAM action when one is missing.
 */
export class CannotAsk extends Error {
  override readonly name = 'CannotAsk'
  readonly code: string
  readonly operation: string
  readonly permission?: string
  constructor(code: string, operation: string, message: string, options?: ErrorOptions & { permission?: string }) {
    super(message, options)
    this.code = code
    this.operation = operation
    if (options?.permission) this.permission = options.permission
  }
}
