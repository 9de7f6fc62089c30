/** What `rds-ca-runbook.config.yaml` can say. Unknown members are refused: a misspelt key must not be silence. */
import * as z from 'zod/mini'
import { ENVIRONMENTS, TIMINGS } from '../rules/decisions.ts'
import { logIn } from './log-in-schema.ts'
import { application } from './application-schema.ts'
import { region } from './region-schema.ts'
import { waves } from './waves-schema.ts'

export const CONFIG_FORMAT = 1

const name = z.string().check(z.minLength(1))

const database = z.strictObject({
  environment: z.optional(z.enum(ENVIRONMENTS)).check(z.describe('Production is whatever is not declared otherwise.')),
  twin: z.optional(name).check(z.describe('The staging database or Aurora cluster that stands surety, or `none`.')),
  profile: z.optional(name).check(z.describe('The AWS profile that reads it, when not the one of the session.')),
  target: z.optional(name).check(z.describe('The CA to go to. Otherwise it is decided on screen.')),
  timing: z
    .optional(z.enum(TIMINGS))
    .check(z.describe('When it is changed: at once, in its maintenance window, or staged without a restart.')),
  login: z.optional(logIn).check(z.describe("Where the log-in for the census and for MySQL's wire comes from.")),
})

const regions = z.union([z.literal('all'), z.array(region).check(z.minLength(1))])

/** A way into an account. */
const account = z.strictObject({
  profile: z
    .optional(name)
    .check(z.describe("The AWS profile to use; the session's own credentials when there is none.")),
  /** A role to take on with them. */
  role: z.optional(
    z
      .string()
      .check(
        z.regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME'),
      ),
  ),
  regions: z.optional(regions).check(z.describe('The Regions to look in: `all` that are enabled, or these.')),
})

/** What tags say of databases that are not declared by name. */
const discovery = z.strictObject({
  environment: z.optional(
    z.strictObject({
      /** The tag's key. */
      tag: name,
      /** Its values that mean staging, in any case. Production is whatever is not declared otherwise. */
      staging: z.array(name).check(z.minLength(1)),
    }),
  ),
})

const hostPort = z
  .string()
  .check(
    z.regex(/^[^\s:]+:([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/, 'must be HOST:PORT'),
  )

export const configSchema = z.strictObject({
  formatVersion: z.literal(CONFIG_FORMAT),
  accounts: z
    ._default(z.array(account), [])
    .check(z.describe('Where to look. When empty: the session’s own credentials and Region.')),
  regions: z.optional(regions).check(z.describe('The Regions to look in, for accounts that name none.')),
  discovery: z._default(discovery, {}),
  databases: z
    ._default(z.record(name, database), {})
    .check(
      z.describe(
        'By name; by `account/region/name` where several have it. An Aurora cluster’s (`cluster:NAME` where an instance has it too) declares its members, as far as they are not declared themselves.',
      ),
    ),
  applications: z._default(z.record(name, application), {}),
  /** Endpoints that are reached elsewhere: NAME:PORT to ADDR:PORT. The TLS name stays the endpoint's. */
  connect: z._default(z.record(hostPort, hostPort), {}),
  /** Which databases are changed under one confirmation, canary first. */
  waves: z._default(waves, []),
})
export type Config = z.infer<typeof configSchema>

export const EMPTY_CONFIG: Config = {
  formatVersion: CONFIG_FORMAT,
  accounts: [],
  discovery: {},
  databases: {},
  applications: {},
  connect: {},
  waves: [],
}
