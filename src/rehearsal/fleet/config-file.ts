import { stringify } from 'yaml'
import type { ApplicationSpec, ApplicationTemper } from '../data-plane.ts'
import { writeAtomically } from '../state/atomic-file.ts'
import type { DatabaseState } from '../state/database-state.ts'

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
  databases: readonly DatabaseState[],
  applications: readonly ApplicationSpec[],
  checkOf: CheckOf,
): void {
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
    connect: Object.fromEntries(databases.map(({ hostName, port }) => [`${hostName}:${port}`, `127.0.0.1:${port}`])),
  }
  // Long paths and host names stay on one line: a key longer than 1,024 characters or folded is hard to read.
  writeAtomically(path, HEADER + stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }))
}

/** A production database's twin is the staging one of the same pair. */
function declared({ id, environment }: DatabaseState, databases: readonly DatabaseState[]): Record<string, string> {
  const twin = databases.find((other) => other.environment === 'staging' && other.id.split('-')[0] === id.split('-')[0])
  return environment === 'production' && twin ? { environment, twin: twin.id } : { environment }
}
