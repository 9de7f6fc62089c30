import { CannotLogIn, type Credentials } from '../ports/sql.ts'

const member = (value: object, name: string): string | undefined => {
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/**
 * A log-in from a database's secret: JSON with `username` and `password`, as RDS and Secrets Manager's rotation write it. Throws
 * {@link CannotLogIn} (`SECRET_SHAPE`), which never quotes it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export function credentialsIn(text: string, id: string, database?: string): Credentials {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Said below, without the text.
  }
  const read = typeof value === 'object' && value !== null ? value : {}
  const [user, password] = [member(read, 'username'), member(read, 'password')]
  if (user === undefined || password === undefined)
    throw new CannotLogIn(
      'SECRET_SHAPE',
      `The secret ${id} is not a database’s: it must be JSON with username and password. Name another one as login.secret, or leave it out for the instance’s own.`,
    )
  const name = database ?? member(read, 'dbname')
  return { user, password, ...(name !== undefined && { database: name }) }
}
