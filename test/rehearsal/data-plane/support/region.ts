import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { ApplicationSpec, ApplicationTemper, Pki } from '../../../../src/rehearsal/data-plane.ts'

export const hostOf = (id: string): string => `${id}.c9akciq32rhs.ap-northeast-1.rds.example`

/** The four applications of a rehearsal, on these databases, with trust stores in this folder as a rehearsal begins with them. */
export async function applicationsOn(
  folder: string,
  pki: Pki,
  databases: readonly string[],
): Promise<ApplicationSpec[]> {
  const complete = join(folder, 'complete.pem')
  const stale = join(folder, 'stale.pem')
  await Promise.all([writeFile(complete, pki.bundle()), writeFile(stale, pki.bundle(['rds-ca-2019']))])
  const application = (name: string, temper: ApplicationTemper, trustStore?: string): ApplicationSpec => ({
    name,
    owner: `team-${name}`,
    temper,
    user: `${name}_user`,
    databases,
    ...(trustStore ? { trustStore } : {}),
  })
  return [
    application('web', 'verifies', complete),
    application('reports', 'stale-store', stale),
    application('cron', 'does-not-verify'),
    application('legacy', 'plain'),
  ]
}

/** What the owner of the stale application has to do. */
export const updateStaleStore = (folder: string): Promise<void> =>
  copyFile(join(folder, 'complete.pem'), join(folder, 'stale.pem'))
