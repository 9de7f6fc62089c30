/** `login:` of a database: where its log-in comes from. Never a password: those stay where they are kept. */
import * as z from 'zod/mini'

const name = z.string().check(z.minLength(1))
const database = z.optional(name)

export const logIn = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('environment') }),
  z.strictObject({ from: z.literal('service'), service: name }),
  z.strictObject({ from: z.literal('iam'), user: name, database }),
  z.strictObject({ from: z.literal('secret'), secret: z.optional(name), database }),
  z.strictObject({ from: z.literal('prompt'), user: name, database }),
  z.strictObject({ from: z.literal('nowhere') }),
])
