import { sendingState } from '../../../rules/record.ts'
import type { Desk } from '../../../runner/desk.ts'
import type { Session } from '../../session.ts'

/**
 * The databases whose change was sent, in an earlier run of the program, and whose rotation has not ended: they are watched from the
 * start, because what AWS does does not wait. A session that only shows changes watches nothing that it would not have sent.
 */
export const changesUnderWay = ({ databases, applier }: Session): readonly Desk[] =>
  applier.mode === 'shows'
    ? []
    : databases.flatMap(({ desk }) => {
        const { rotation } = desk
        const state = sendingState(rotation?.sendings.at(-1))
        return rotation && !rotation.end && (state === 'accepted' || state === 'unanswered') ? [desk] : []
      })
