/**
 * The check of a rehearsed application, as a program of its own: what `check` in the rehearsal's configuration starts.
 * Argument: the application's file. Endpoint: RDS_CA_HOST and RDS_CA_PORT. Prints one line; exits with 0, 1 or 2.
 */
import { checkApplication } from './check-application.ts'

process.exitCode = await checkApplication(process.argv.slice(2), process.env, (line) =>
  process.stdout.write(`${line}\n`),
)
