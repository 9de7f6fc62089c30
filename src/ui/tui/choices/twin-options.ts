import { twinsOf, twinWords } from '../../view/twins.ts'
import type { Scene, Selected } from '../scene/scene.ts'
import type { Option } from '../state/dialog.ts'

/** The staging databases that can stand surety, the likeliest first and proposed where tags or names say so; and "none". */
export function twinOptions({ session }: Scene, { desk }: Selected): readonly Option[] {
  return [
    ...twinsOf(session, desk).map((proposal): Option => ({
      label: twinWords(proposal),
      ...(proposal.proposed && { detail: 'proposed' }),
      next: { intent: { do: 'decide', decision: 'twin', value: proposal.twin } },
    })),
    {
      label: 'none',
      detail: 'No staging database stands surety. Step 05 then names a throwaway one with its commands, or is waived.',
      next: { intent: { do: 'decide', decision: 'twin', value: 'none' } },
    },
  ]
}
