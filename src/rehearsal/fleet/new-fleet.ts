import { basename } from 'node:path'
import type { DataPlane } from '../data-plane.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import type { SecondEngine } from '../lifecycle/engine-versions.ts'
import { nextOpening } from '../lifecycle/maintenance-window.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { WorldName } from '../world.ts'
import { FULL_WORLD } from './full-world.ts'
import { DATABASE_IDS, PAIRS_WORLD } from './pairs-world.ts'
import { databaseFrom, windowsFrom, type WorldPlan } from './world-plan.ts'

export { DATABASE_IDS, FIRST_CA } from './pairs-world.ts'

const HOUR = 60 * 60_000

/** What a new world consists of. */
export const planOf = (name: WorldName): WorldPlan => (name === 'full' ? FULL_WORLD : PAIRS_WORLD)

/** The engine of the second pair: the one that was found, else PostgreSQL playing an engine that must restart. */
export function secondEngine(found: DataPlane['mysqlServer']): SecondEngine {
  if (!found.found) return 'postgres'
  return found.kind ?? (basename(found.program).includes('maria') ? 'mariadb' : 'mysql')
}

/** A database of the ordinary rehearsal as it starts. */
export function newDatabase(
  id: (typeof DATABASE_IDS)[number],
  second: SecondEngine,
  port: number,
  leaf: DatabaseState['leaf'],
  pace: Pace,
): DatabaseState {
  const index = DATABASE_IDS.indexOf(id)
  const plan = PAIRS_WORLD.databases[index]
  if (!plan) throw new Error(`Bug: no plan for ${id}`)
  return databaseFrom(plan, second, port, leaf, pace, index)
}

/**
 * A database whose window has gone by gets a new one soon, so that a rehearsal can see it arrive; never one for which
 * something waits, and never while the window is open or less than an hour away. `index` is its place among all.
 */
export function withWindowAhead(database: DatabaseState, pace: Pace, index = 0): DatabaseState {
  const waits = database.agenda.length > 0
  if (waits || nextOpening(database.maintenanceWindow, pace.now) < pace.now + HOUR) return database
  return { ...database, ...windowsFrom(index, pace) }
}
