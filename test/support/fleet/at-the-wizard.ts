/** Drives one database of a simulated fleet, as a person at the wizard does who confirms what comes. */
import { calledBy } from '../../../src/rules/step.ts'
import { advance, type Stop } from '../../../src/runner/advance.ts'
import type { Applied } from '../../../src/runner/apply.ts'
import type { Desk } from '../../../src/runner/desk.ts'
import type { Session } from '../../../src/ui/session.ts'
import { stopSays } from '../../../src/ui/view/stop-says.ts'
import { seededFleet, type Fleet } from './seeded-fleet.ts'
import type { SimulatedDatabase } from './simulated-account.ts'

export const signal = new AbortController().signal
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const none = { billing: false, ledger: false, shop: false, elsewhere: false }

export const fleetOf = (elsewhere = false): Fleet => seededFleet(7, { drawn: { ...none, elsewhere }, waves: [] })

export function deskOf(session: Session, name: string): Desk {
  const found = session.databases.find(({ desk }) => calledBy(desk.about) === name || desk.about.name === name)
  if (!found) throw new Error(`${name} is not on the list`)
  return found.desk
}
export const apply = (session: Session, desk: Desk, typed = calledBy(desk.about)): Promise<Applied> =>
  session.applier.apply(desk, 'modify', async () => typed, signal)

/** Takes a database as far as it goes, confirming its change on the way. */
export async function rotate(session: Session, desk: Desk): Promise<Stop> {
  try {
    const stop = await advance(desk, signal)
    if (stop.kind !== 'confirm') return stop
    await apply(session, desk)
    return await advance(desk, signal)
  } finally {
    desk.release()
  }
}
export const rotated = async (session: Session, name: string): Promise<Stop['kind']> =>
  (await rotate(session, deskOf(session, name))).kind

/** 10 stops for clients until their pools have renewed their sessions; what was not sent after all is confirmed anew. */
export async function toTheEnd(fleet: Fleet, session: Session, name: string): Promise<Stop['kind']> {
  let kind = await rotated(session, name)
  for (let waits = 0; (kind === 'short' || kind === 'confirm') && waits < 3; waits += 1) {
    await fleet.clock.sleep(15 * MINUTE, signal)
    kind = await rotated(session, name)
  }
  return kind
}

export const requestsOf = ({ accounts }: Fleet): string[] =>
  accounts.flatMap(({ requests }) => requests.map(({ account, name }) => `${account}/${name}`))
export const databaseOf = ({ own }: Fleet, name: string): SimulatedDatabase => {
  const found = own.databases.get(name)
  if (!found) throw new Error(`${name} is not there`)
  return found
}
export const shown = (session: Session, stop: Stop) => stopSays(session.runbook, stop)
