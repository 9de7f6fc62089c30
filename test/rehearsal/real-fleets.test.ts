/**
 * Fleets on real servers, drawn from a seed: three waves, eight faults, and an operator who does only what the screen names. No database
 * is changed twice, none out of order, none without its proofs, and each run comes to its end. At length only: each starts four servers.
 */
import { expect, it, onTestFinished } from 'vitest'
import type { JoinedRegion } from '../../src/rehearsal/join.ts'
import { discardServers } from '../../src/rehearsal/servers/discard-servers.ts'
import { fileURLToPath } from 'node:url'
import { ofRecords } from '../support/fleet/held-true.ts'
import { drawnFor, realGround, SPEED } from '../support/fleet/real-ground.ts'
import { finish } from '../support/fleet/screen-operator.ts'
import { NEW_CA } from '../support/scripted-region.ts'
import { join } from './control-plane/support/processes.ts'
import { describeDatabase, eventually, newFolder, rdsClient, requestLog } from './control-plane/support/region.ts'

const PROGRAM = fileURLToPath(new URL('control-plane/support/real-region-process.ts', import.meta.url))

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

const SEEDS = process.env['SOAK'] ? [1, 2, 3, 4, 5] : []

it.runIf(SEEDS.length > 0).each(SEEDS)('seed %i', { timeout: 600_000 }, async (seed) => {
  const directory = await newFolder()
  onTestFinished(() => discardServers(directory))
  const entry = { command: process.execPath, args: [PROGRAM, directory] }
  const joined: JoinedRegion[] = []
  const joinIt = async (faults?: readonly string[]) => {
    const region = await join(directory, { entry, speed: SPEED, ...(faults && { faults }) })
    for (const before of joined.splice(0)) before.leave()
    joined.push(region)
    return region
  }
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
})

const ON_TARGET = { DBInstanceStatus: 'available', CACertificateIdentifier: NEW_CA }
