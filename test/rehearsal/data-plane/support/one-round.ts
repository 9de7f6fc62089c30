/** A program that starts each kind of server, reloads and restarts it, and stops it. Argument: folder. Prints one line of JSON. */
import { stat } from 'node:fs/promises'

import { leaf, mysqlFound, shown, Workshop } from './engines.ts'

const [folder = ''] = process.argv.slice(2)
const rounds: unknown[] = []
for (const family of mysqlFound ? (['postgres', 'mysql'] as const) : (['postgres'] as const)) {
  const workshop = await Workshop.open(folder, family)
  const server = await workshop.start(`round-${family}`)
  await server.reload(await workshop.issue())
  const last = await workshop.issue()
  await server.restart(last)
  const { uid } = await stat(`/proc/${server.pid}`).catch(() => ({ uid: process.getuid?.() }))
  rounds.push({ runs: server.runs, uid, served: (await shown(server)) === leaf(last) })
  await server.stop()
}
process.stdout.write(JSON.stringify(rounds))
