import type { Assessment } from '../../rules/assess.ts'

/**
 * The CA that a database has now: what the last step that saw it saw, since the list of databases was read only once. `listed`: what
 * that list said.
 */
export function caNow({ steps }: Assessment, listed: string | undefined): string | undefined {
  const seen = [...steps.values()].flatMap(({ facts }) => {
    const { basis } = facts ?? {}
    return basis && 'ca' in basis && typeof basis.ca === 'string' ? [basis.ca] : []
  })
  return seen.at(-1) ?? listed
}
