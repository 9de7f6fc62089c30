import { stringify } from 'yaml'
import type { ApplicationSpec, ApplicationTemper } from '../data-plane.ts'
import { writeAtomically } from '../state/atomic-file.ts'
import { endpointsOf } from '../state/cluster-state.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { RegionState } from '../state/region-state.ts'
import { DATABASE_IDS } from './pairs-world.ts'

const VERIFICATION: Readonly<Record<ApplicationTemper, string>> = {
  verifies: 'verify-full',
  'stale-store': 'verify-full',
  'does-not-verify': 'none',
  plain: 'plain',
}

const HEADER = `# The declarations of the rehearsal, in the format of any rds-ca-runbook.config.yaml.
# Written anew at each start of the rehearsal.
`

/** How an application's own check is run: program and arguments, no shell. */
export type CheckOf = (application: ApplicationSpec) => readonly string[]

/** Writes the declarations that an operator of these databases would have written. */
export function writeConfigFile(
  path: string,
  { clusters, databases: all }: Pick<RegionState, 'clusters' | 'databases'>,
  applications: readonly ApplicationSpec[],
  checkOf: CheckOf,
): void {
  const databases = all.filter((database) => isDeclared(database))
  const config = {
    formatVersion: 1,
    databases: Object.fromEntries(databases.map((database) => [database.id, declared(database, databases)])),
    applications: Object.fromEntries(
      applications.map((application) => [
        application.name,
        {
          owner: application.owner,
          databases: application.databases,
          verification: VERIFICATION[application.temper],
          users: [application.user],
          ...(application.trustStore !== undefined && {
            trustStores: [{ kind: 'pem', path: application.trustStore }],
          }),
          check: checkOf(application),
        },
      ]),
    ),
    connect: Object.fromEntries([
      ...all.filter(({ family }) => family !== 'none').map(({ hostName, port }) => reached(hostName, port, port)),
      ...clusters.flatMap((cluster) =>
        endpointsOf(cluster).map(({ hostName, route }) => reached(hostName, cluster.writer.route, route)),
      ),
    ]),
  }
  // Long paths and host names stay on one line: a key longer than 1,024 characters or folded is hard to read.
  writeAtomically(path, HEADER + stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }))
}

const reached = (host: string, port: number, local: number): readonly [string, string] => [
  `${host}:${port}`,
  `127.0.0.1:${local}`,
]

/** Declared are the pairs: an operator of a larger world declares the rest himself, or lets the program propose it. */
const isDeclared = ({ key }: DatabaseState): boolean => (DATABASE_IDS as readonly string[]).includes(key)

/** A production database's twin is the staging one of the same pair. */
function declared({ id, environment }: DatabaseState, databases: readonly DatabaseState[]): Record<string, string> {
  const twin = databases.find((other) => other.environment === 'staging' && other.id.split('-')[0] === id.split('-')[0])
  return environment === 'production' && twin ? { environment, twin: twin.id } : { environment }
}
