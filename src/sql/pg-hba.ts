import * as z from 'zod/mini'

const rules = z.array(
  z.object({
    type: z.nullable(z.string()),
    database: z.nullable(z.array(z.string())),
    users: z.nullable(z.array(z.string())),
    address: z.nullable(z.string()),
    method: z.nullable(z.string()),
    error: z.nullable(z.string()),
    loaded: z.boolean(),
  }),
)

type Rule = z.infer<typeof rules>[number]

const isEverybody = ({ database, users, address }: Rule): boolean =>
  database?.includes('all') === true && users?.includes('all') === true && address === 'all'

/**
 * Whether pg_hba.conf lets nobody in without TLS: the first rule that fits a connection decides, and none means no.
 * `unknown` for a file that has errors or was changed after the server read it: the server then goes by another one.
 * @param rows of `pg_hba_file_rules`, in the file's order
 */
export function refusesPlain(rows: readonly Record<string, unknown>[]): boolean | 'unknown' {
  const read = rules.parse(rows)
  if (read.some(({ error, loaded }) => error !== null || !loaded)) return 'unknown'
  for (const rule of read) {
    if (rule.type !== 'host' && rule.type !== 'hostnossl') continue
    if (rule.method !== 'reject') return false
    if (isEverybody(rule)) return true
  }
  return true
}
