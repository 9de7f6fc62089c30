import { randomUUID } from 'node:crypto'
import type { DataPlane, ServerCertificate } from '../data-plane.ts'
import { declaredApplications, writeTrustStores } from '../fleet/declared-applications.ts'
import { freePorts } from '../fleet/free-ports.ts'
import { DATABASE_IDS, FIRST_CA, newDatabase, secondEngine } from '../fleet/new-fleet.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import { leafOf } from '../lifecycle/certificate-source.ts'
import { STATE_FORMAT, storeCertificate, type StoredCertificate } from '../state/region-state.ts'
import { RegionStore } from '../state/region-store.ts'
import { hostNameOf } from '../world.ts'
import type { RegionFolder } from './region-folder.ts'

/**
 * Makes a new rehearsal. It exists from the moment its state is saved, which is last: a kill before leaves nothing that
 * the next set-up does not write anew. No server runs yet.
 */
export async function setUp(folder: RegionFolder, dataPlane: DataPlane, pace: Pace): Promise<RegionStore> {
  const [api, bundles, ...ports] = await freePorts(2 + DATABASE_IDS.length)
  const second = secondEngine(dataPlane.mysqlServer)
  const made = await Promise.all(
    DATABASE_IDS.map(async (id, index) => {
      const certificate = storeCertificate(await issueFirst(dataPlane, id))
      const { from, till } = leafOf(certificate)
      return { certificate, database: newDatabase(id, second, given(ports[index]), { from, till }, pace) }
    }),
  )
  const databases = made.map(({ database }) => database)
  writeTrustStores(declaredApplications(folder.directory, databases), dataPlane.pki)
  return RegionStore.create(folder.directory, {
    formatVersion: STATE_FORMAT,
    rehearsal: randomUUID(),
    createdAt: pace.now,
    ports: { api: given(api), bundles: given(bundles) },
    mysql: dataPlane.mysqlServer.found ? 'real' : 'stand-in',
    databases,
    certificates: Object.fromEntries(
      made.map(({ database, certificate }): [string, { live: StoredCertificate }] => [
        database.id,
        { live: certificate },
      ]),
    ),
    pids: {},
  })
}

const issueFirst = (dataPlane: DataPlane, id: string): Promise<ServerCertificate> =>
  dataPlane.pki.issue(FIRST_CA, hostNameOf(id))

function given(port: number | undefined): number {
  if (port === undefined) throw new Error('Bug: fewer ports than asked for')
  return port
}
