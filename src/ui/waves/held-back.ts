import type { Blocker } from '../../rules/gate.ts'
import { progressOf, waveBlockers } from '../../rules/waves.ts'
import type { Desk } from '../../runner/desk.ts'
import type { Session } from '../session.ts'
import { standingWaves, type StandingWave } from '../view/standing-waves.ts'

/**
 * What the declared waves hold against changing these databases now, whoever confirmed it: a wave before theirs that is not over, is still
 * watched, or was gone back from. A wave before theirs holds nothing back where all that is left of it is among them, for they go in order.
 */
export function heldBackByWaves(session: Session, desks: ReadonlySet<Desk>): readonly Blocker[] {
  const waves = standingWaves(session)
  const isLeftToThese = ({ wave }: StandingWave): boolean =>
    wave.members.every(({ desk }) => desks.has(desk) || progressOf(desk.assess()).kind === 'done')
  const before = new Set(waves.filter((one) => one.standing.kind === 'baking' || !isLeftToThese(one)))
  // Waves are for changes of the CA: a renewal or an outage does not wait for its turn.
  const inTurn = (desk: Desk): boolean => desks.has(desk) && desk.assess().sequence === 'ca-change'
  const theirs = waves.filter(({ wave }) => wave.members.some(({ desk }) => inTurn(desk)))
  const found = theirs.flatMap(({ wave }) => {
    const standings = waves.flatMap((one) =>
      one.wave.name === wave.name || before.has(one) ? [{ name: one.wave.name, standing: one.standing }] : [],
    )
    return waveBlockers(wave.name, standings, undefined)
  })
  return found.filter((one, index) => found.findIndex(({ args }) => args['wave'] === one.args['wave']) === index)
}
