/** What `rds-ca-runbook.config.yaml` can say. Unknown members are refused: a misspelt key must not be silence. */
import * as z from 'zod/mini'
import { ENVIRONMENTS } from '../rules/decisions.ts'
import { logIn } from './log-in-schema.ts'
import { application } from './application-schema.ts'

export const CONFIG_FORMAT = 1

const name = z.string().check(z.minLength(1))

const database = z.strictObject({
  /** Production is whatever is not declared otherwise. */
  environment: z.optional(z.enum(ENVIRONMENTS)),
  /** The staging database that stands surety, or `none`. */
  twin: z.optional(name),
  /** The AWS profile that reads it, when not the one of the session. */
  profile: z.optional(name),
  /** The CA to go to. Otherwise it is decided on screen. */
  target: z.optional(name),
  /** Where the log-in for the census and for MySQL's wire comes from. */
  login: z.optional(logIn),
})

const hostPort = z.string().check(z.regex(/^[^\s:]+:\d{1,5}$/, 'must be HOST:PORT'))

export const configSchema = z.strictObject({
  formatVersion: z.literal(CONFIG_FORMAT),
  databases: z._default(z.record(name, database), {}),
  applications: z._default(z.record(name, application), {}),
  /** Endpoints that are reached elsewhere: NAME:PORT to ADDR:PORT. The TLS name stays the endpoint's. */
  connect: z._default(z.record(hostPort, hostPort), {}),
})
export type Config = z.infer<typeof configSchema>

export const EMPTY_CONFIG: Config = { formatVersion: CONFIG_FORMAT, databases: {}, applications: {}, connect: {} }
