import { applicationFile } from '../applications/application-file.ts'
import { globalBundle } from '../bundle-server.ts'
import type { DataPlane, Pki } from '../data-plane.ts'
import { writeConfigFile } from '../fleet/config-file.ts'
import { declaredApplications } from '../fleet/declared-applications.ts'
import { writeAtomically } from '../state/atomic-file.ts'
import type { RegionState } from '../state/region-state.ts'
import type { RegionFolder } from './region-folder.ts'

/**
 * Writes the files that clients read: the bundle, the bundle server's CA and the declarations. Trust stores are not
 * among them: they belong to the operator, who brings them up to date.
 */
export async function writeClientFiles(
  folder: RegionFolder,
  { pki }: DataPlane,
  pkis: ReadonlyMap<string, Pki>,
  { clusters, databases }: RegionState,
  checkProgram: string,
): Promise<void> {
  const { caPem } = await pki.https()
  writeAtomically(folder.bundleFile, globalBundle(pkis))
  writeAtomically(folder.bundleCa, caPem)
  const applications = declaredApplications(folder.directory, databases)
  writeConfigFile(folder.config, { clusters, databases }, applications, ({ name }) => [
    process.execPath,
    checkProgram,
    applicationFile(folder.directory, name),
  ])
}
