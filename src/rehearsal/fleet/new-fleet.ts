import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { Instant } from '../../rules/words.ts'
import type { DataPlane } from '../data-plane.ts'
import { DELAYS, scaled } from '../lifecycle/delays.ts'
import { NO_RESTART_VERSION, RESTART_VERSIONS } from '../lifecycle/engine-versions.ts'
import { nextOpening, windowFrom } from '../lifecycle/maintenance-window.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { hostNameOf } from '../world.ts'

/** The CA that every database starts on. */
export const FIRST_CA = 'rds-ca-2019'

/** The databases of a rehearsal, in the order in which their maintenance windows come. */
export const DATABASE_IDS = ['orders-staging', 'orders-production', 'billing-staging', 'billing-production'] as const

const HOUR = 60 * 60_000
const WINDOW_MINUTES = 60

/** The engine of the second pair: the one that was found, else PostgreSQL playing an engine that must restart. */
export function secondEngine(found: DataPlane['mysqlServer']): DatabaseState['engine'] {
  if (!found.found) return 'postgres'
  return found.kind ?? (basename(found.program).includes('maria') ? 'mariadb' : 'mysql')
}

/** A database as a new rehearsal starts with it, under a resource id that no other rehearsal has. */
export function newDatabase(
  id: (typeof DATABASE_IDS)[number],
  second: DatabaseState['engine'],
  port: number,
  leaf: DatabaseState['leaf'],
  pace: Pace,
): DatabaseState {
  const engine = id.startsWith('orders') ? 'postgres' : second
  const windows = windowsFrom(DATABASE_IDS.indexOf(id), pace)
  return {
    id,
    resourceId: newResourceId(),
    environment: id.endsWith('staging') ? 'staging' : 'production',
    family: engine === 'postgres' ? 'postgres' : 'mysql',
    engine,
    engineVersion: id.startsWith('orders') ? NO_RESTART_VERSION : RESTART_VERSIONS[engine],
    hostName: hostNameOf(id),
    port,
    createdAt: pace.now,
    instanceClass: 'db.t4g.medium',
    backupRetention: 7,
    ...windows,
    status: 'available',
    ca: FIRST_CA,
    leaf,
    pending: {},
    staged: false,
    parametersWait: false,
    agenda: [],
    events: [{ at: pace.now, message: 'DB instance created', category: 'creation' }],
  }
}

/**
 * A database whose window has gone by gets a new one soon, so that a rehearsal can see it arrive; never one for which
 * something waits, and never while the window is open or less than an hour away.
 */
export function withWindowAhead(database: DatabaseState, pace: Pace): DatabaseState {
  const waits = database.agenda.length > 0
  if (waits || nextOpening(database.maintenanceWindow, pace.now) < pace.now + HOUR) return database
  const index = DATABASE_IDS.findIndex((id) => id === database.id)
  return { ...database, ...windowsFrom(index, pace) }
}

/** The maintenance window, and a backup window twelve hours off: AWS lets the two not overlap. */
function windowsFrom(index: number, { now, speed }: Pace): Pick<DatabaseState, 'maintenanceWindow' | 'backupWindow'> {
  const start = now + scaled(DELAYS.untilWindow + index * DELAYS.betweenWindows, speed)
  const backup = start + 12 * HOUR
  return {
    maintenanceWindow: windowFrom(start, WINDOW_MINUTES),
    backupWindow: `${clock(backup)}-${clock(backup + HOUR / 2)}`,
  }
}

const clock = (instant: Instant): string => new Date(instant).toISOString().slice(11, 16)

const RESOURCE_ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Like AWS's: `db-` and 26 characters, never given twice. */
function newResourceId(): string {
  const letters = [...randomBytes(26)].map((byte) => RESOURCE_ID_LETTERS[byte % RESOURCE_ID_LETTERS.length])
  return `db-${letters.join('')}`
}
