/** What the configuration can say about one application. */
import * as z from 'zod/mini'
import { ROUTES, VERIFICATIONS } from '../rules/decisions.ts'
import { isAddressPattern } from '../rules/pattern.ts'
import { argv, timeout, trustStore } from './trust-store-schema.ts'

const name = z.string().check(z.minLength(1))
const hostName = z.string().check(z.regex(/^[^\s:/]+$/, 'must be a host name, without a port'))

const owner = z.union([
  name,
  z.strictObject({
    name,
    mail: z.optional(z.email('must be a mail address')),
    slack: z.optional(
      z.string().check(z.regex(/^[#@]?[\w.-]+$/, 'must be a channel or member: #orders, @sato, or an id')),
    ),
  }),
])

/** One host for all its databases, or one for each that has another. */
const route = z.union([
  z.enum(ROUTES),
  z.strictObject({ via: z.enum(ROUTES), host: z.optional(z.union([hostName, z.record(name, hostName)])) }),
])

/** A list of program and arguments runs without a shell. Exit code 0: it connects. */
const check = z.union([
  argv,
  z
    .strictObject({
      argv,
      shell: z.optional(z.literal(true)),
      timeout: z.optional(timeout),
      honours: z.optional(z.literal('bundle')),
    })
    .check(
      z.refine(({ argv: words, shell }) => !shell || words.length === 1, {
        path: ['argv'],
        error: 'with shell: true, must be one line',
      }),
    ),
])

export const application = z.strictObject({
  owner: z.optional(owner),
  databases: z.array(name).check(z.minLength(1, 'must name a database')),
  verification: z.enum(VERIFICATIONS),
  /** What it connects with, by the name of its page (`bundle howto`): its owner is told the exact change. */
  client: z.optional(name),
  /** By what the census tells that a session is this application's: database users, and patterns. */
  users: z._default(z.array(name), []),
  sessionNames: z._default(z.array(name), []),
  addresses: z._default(
    z.array(
      z.string().check(z.refine(isAddressPattern, 'must be an address, a network (10.0.3.0/24) or a name with *')),
    ),
    [],
  ),
  route: z._default(route, 'direct'),
  trustStores: z._default(z.array(trustStore), []),
  check: z.optional(check),
})
export type ApplicationConfig = z.infer<typeof application>
