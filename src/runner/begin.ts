/** Which sequence can be begun for a database now, for every front end alike. Nothing is sent by beginning. */
import { servedBefore } from '../rules/served.ts'
import { SEQUENCES, type SequenceName } from '../rules/step.ts'
import type { Desk } from './desk.ts'

/** One thing to begin, with the target that it has from the start, where it has one; `off`: why it cannot be begun now. */
export interface Beginning {
  readonly sequence: SequenceName
  readonly target?: string
  readonly off?: string
}

/** The CA that a database has now, by what a step last saw of it. */
function caOf(desk: Desk): string | undefined {
  const seen = [...desk.assess().steps.values()].flatMap(({ facts }) => {
    const { basis } = facts ?? {}
    return basis && 'ca' in basis && typeof basis.ca === 'string' ? [basis.ca] : []
  })
  return seen.at(-1)
}

/** `present`: the CA that AWS listed for it, where no step has seen it yet. */
export function beginnings(desk: Desk, present: string | undefined): readonly Beginning[] {
  const now = caOf(desk) ?? present
  const plain = (sequence: SequenceName, why = desk.beginRefusal(sequence)): Beginning => ({
    sequence,
    ...(why !== undefined && { off: why }),
  })
  const to = (sequence: SequenceName, target: string): Beginning => ({ ...plain(sequence), target })
  return SEQUENCES.flatMap((sequence): Beginning[] => {
    switch (sequence) {
      case 'rollback': {
        const back = servedBefore(desk.record).filter((ca) => ca !== now)
        if (back.length === 0) return [plain(sequence, 'no other CA is on record that it has served')]
        return back.map((ca) => to(sequence, ca))
      }
      case 'leaf-renewal':
        return [now === undefined ? plain(sequence, 'its CA is not known yet: look at 01') : to(sequence, now)]
      case 'cancellation':
        return [now === undefined ? plain(sequence) : to(sequence, now)]
      case 'ca-change':
      case 'outage':
        return [plain(sequence)]
      // An account's, and not a database's.
      case 'account-default':
        return []
    }
  })
}

/** Begins it, with its target on record. Throws RotationUnderWay, and then nothing is changed. */
export async function beginSequence(desk: Desk, { sequence, target }: Beginning, said: string): Promise<void> {
  await desk.begin(sequence)
  if (target !== undefined) await desk.decide('target', { ca: target }, said)
}
