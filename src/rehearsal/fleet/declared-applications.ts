import { join } from 'node:path'
import type { ApplicationSpec, ApplicationTemper, Pki } from '../data-plane.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { writeAtomically } from '../state/atomic-file.ts'
import { DATABASE_IDS, FIRST_CA } from './pairs-world.ts'

/** A kind of application that each pair of databases is used by. */
interface Kind {
  readonly suffix: string
  readonly temper: ApplicationTemper
  readonly owner: string
}

/** One of them would break. */
const KINDS: readonly Kind[] = [
  { suffix: 'api', temper: 'verifies', owner: 'team' },
  { suffix: 'ledger', temper: 'stale-store', owner: 'ledger team' },
  { suffix: 'reports', temper: 'does-not-verify', owner: 'analytics team' },
  { suffix: 'batch', temper: 'plain', owner: 'team' },
]

/** The folder of one application within the rehearsal's. */
export const applicationFolder = (directory: string, name: string): string => join(directory, 'applications', name)

/** The applications of the pairs. A pair is named by what its databases' names begin with. */
export function declaredApplications(
  directory: string,
  databases: readonly DatabaseState[],
): readonly ApplicationSpec[] {
  const keys = databases.map(({ key }) => key).filter((key) => (DATABASE_IDS as readonly string[]).includes(key))
  const pairs = [...new Set(keys.map((key) => key.split('-')[0] ?? key))]
  return pairs.flatMap((pair) => {
    const ids = keys.filter((key) => key.startsWith(`${pair}-`))
    return KINDS.map((kind) => declaredApplication(directory, pair, kind, ids))
  })
}

function declaredApplication(
  directory: string,
  pair: string,
  { suffix, temper, owner }: Kind,
  databases: readonly string[],
): ApplicationSpec {
  const name = `${pair}-${suffix}`
  const plain = {
    name,
    owner: `${pair.charAt(0).toUpperCase()}${pair.slice(1)} ${owner}`,
    temper,
    user: name.replaceAll('-', '_'),
    databases,
  }
  const verifies = temper === 'verifies' || temper === 'stale-store'
  return verifies ? { ...plain, trustStore: join(applicationFolder(directory, name), 'ca.pem') } : plain
}

/** Writes the trust stores of a new rehearsal: the good ones hold the old and the new roots, the stale ones the old alone. */
export function writeTrustStores(applications: readonly ApplicationSpec[], pki: Pki): void {
  for (const { trustStore, temper } of applications) {
    if (trustStore === undefined) continue
    const trusted = pki.cas.filter(({ id }) => temper === 'verifies' || id === FIRST_CA)
    writeAtomically(trustStore, trusted.map(({ rootPem }) => `${rootPem.trim()}\n`).join(''))
  }
}
