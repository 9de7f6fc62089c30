/** One fleet on real servers, driven to its end, with what is to hold of it. At length: it starts four servers. */
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { joinRegion, type JoinedRegion } from '../../../src/rehearsal/join.ts'
import { discardServers } from '../../../src/rehearsal/servers/discard-servers.ts'
import {
  describeDatabase,
  eventually,
  newFolder,
  rdsClient,
  requestLog,
} from '../../rehearsal/control-plane/support/region.ts'
import { NEW_CA } from '../scripted-region.ts'
import { ofRecords } from './held-true.ts'
import { drawnFor, realGround, SPEED } from './real-ground.ts'
import { finish } from './screen-operator.ts'

const PROGRAM = fileURLToPath(new URL('../../rehearsal/control-plane/support/real-region-process.ts', import.meta.url))

/** Requests for another CA that AWS took of us, in order: name and resource id. */
async function taken(directory: string): Promise<readonly { readonly name: string; readonly id: string }[]> {
  const lines = await requestLog(directory)
  return lines.flatMap(({ action, parameters, status, by, effect }) => {
    const { CACertificateIdentifier: ca, DBInstanceIdentifier: name = '' } = parameters as Record<string, string>
    if (action !== 'ModifyDBInstance' || ca === undefined || status !== 200 || by !== undefined) return []
    const [changed] = (effect as { databases: readonly { resourceId: string }[] }).databases
    return [{ name, id: changed?.resourceId ?? '' }]
  })
}

const ON_TARGET = { DBInstanceStatus: 'available', CACertificateIdentifier: NEW_CA }

/** A Region that nobody is joined to ends by itself. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export async function realRun(seed: number): Promise<void> {
  const directory = await newFolder()
  onTestFinished(() => discardServers(directory))
  const entry = { command: process.execPath, args: [PROGRAM, directory] }
  const joined: JoinedRegion[] = []
  const joinIt = async (faults?: readonly string[]) => {
    const region = await joinRegion({ directory, entry, speed: SPEED, ...(faults && { faults }) })
    for (const before of joined.splice(0)) before.leave()
    joined.push(region)
    return region
  }
  onTestFinished(async () => {
    for (const { info, leave } of joined) {
      leave()
      await eventually(() => isAlive(info.pid)).toBe(false)
    }
  })
  const drawn = drawnFor(seed)
  const told = `seed ${seed}: ${[...drawn.faults, ...drawn.deaths].join(', ')}`
  const ground = await realGround(directory, drawn, joinIt)
  await finish(ground).catch((error: unknown) => {
    throw new Error(told, { cause: error })
  })

  const changes = await taken(directory)
  const ids = changes.map(({ id }) => id)
  expect(new Set(ids).size, told).toBe(ids.length)
  for (const pair of ['orders', 'billing']) {
    const first = changes.find(({ name }) => name.startsWith(pair))
    const isStaged = changes.some(({ name }) => name === `${pair}-staging`)
    if (isStaged) expect(first?.name, told).toBe(`${pair}-staging`)
  }
  expect(await ofRecords(ground), told).toEqual([])
  const { info } = joined[0]!
  const rds = rdsClient(info.endpoint)
  for (const { id } of info.databases) expect(await describeDatabase(rds, id)).toMatchObject(ON_TARGET)
  await eventually(async () => (await joined[0]!.reports()).filter(({ connected }) => !connected)).toEqual([])
}
