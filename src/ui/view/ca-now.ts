import type { Assessment } from '../../rules/assess.ts'
import type { SessionDatabase } from '../session.ts'

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

/** What comes next to its certificates by the list of databases, unless its CA was seen to be another one since that was read. */
export function rotatesNow(
  assessment: Assessment,
  listed: Pick<SessionDatabase, 'record' | 'rotates'> = {},
): string | undefined {
  const { record, rotates } = listed
  return caNow(assessment, record?.ca) === record?.ca ? rotates : undefined
}
