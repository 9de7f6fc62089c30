import type { Position } from '../rules/position.ts'
import type { Stop } from './advance.ts'
import type { Desk } from './desk.ts'
import { look } from './look.ts'

const onlyMissing = ({ shortfalls }: Position): boolean =>
  shortfalls.length > 0 && shortfalls.every(({ shortfall }) => shortfall.code === 'client-missing')

/**
 * Waits for clients that have not connected anew yet, as an operator would, for as long as a change may take to settle. Resolves to
 * whether they came; at once where it is not for them that the rotation stopped.
 */
export async function comeBack(desk: Desk, stop: Stop, signal: AbortSignal): Promise<boolean> {
  const { now, patience, sleep } = desk.deps
  if (stop.kind !== 'short' || !onlyMissing(stop.position)) return false
  for (const until = now() + patience.settle; now() < until;) {
    await sleep(patience.every, signal)
    if (!onlyMissing(await look(desk, stop.position.step, signal))) return true
  }
  return false
}
