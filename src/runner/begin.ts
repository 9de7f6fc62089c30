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

/** `now`: the CA that it has, see `caNow`. */
export function beginnings(desk: Desk, now: string | undefined): readonly Beginning[] {
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
