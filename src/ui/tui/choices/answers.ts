import type { Allowance } from '../../../rules/evidence.ts'
import type { StandingShortfall } from '../../../rules/position.ts'
import { numberOf, sentenceOf } from '../../view/sentences.ts'
import { remedyFor } from '../scene/remedy.ts'
import type { Scene, Selected } from '../scene/scene.ts'
import { chooser, form, type Chooser, type Next, type Option } from '../state/dialog.ts'
import type { Intent } from '../work/intent.ts'
import { accountingWords, accountsFor, clientOf } from '../../view/account-for.ts'

export const openShortfalls = ({ position }: Selected): readonly StandingShortfall[] =>
  position.shortfalls.filter((one) => !one.met)

const allowing = (selected: Selected, allows: Allowance): readonly StandingShortfall[] =>
  openShortfalls(selected).filter((one) => one.shortfall.allows === allows)

/** What can be waived or accounted for at the selected step, attested there, or had mended from here. */
export const waivable = (selected: Selected): readonly StandingShortfall[] => allowing(selected, 'waiver')
export const attestable = (selected: Selected): readonly StandingShortfall[] => allowing(selected, 'attestation')
export const remediable = ({ session }: Scene, selected: Selected): readonly StandingShortfall[] =>
  openShortfalls(selected).filter((one) => remedyFor(session.remedies, selected.position.step, one) !== undefined)

const says = ({ session }: Scene, { position }: Selected, one: StandingShortfall): string =>
  sentenceOf(session.runbook, position.step, one.shortfall).says

const heading = ({ session }: Scene, { position, name }: Selected, what: string): string =>
  `${name}, ${numberOf(session.runbook, position.step)} ${session.runbook.steps[position.step]?.title ?? position.step}: ${what}`

/** What comes next for one shortfall; a chooser in front where there are several. Undefined where there is none. */
function oneOf(
  scene: Scene,
  selected: Selected,
  all: readonly StandingShortfall[],
  question: string,
  next: (one: StandingShortfall) => Next,
): Next | undefined {
  const [first, ...more] = all
  if (!first || more.length === 0) return first && next(first)
  return {
    open: chooser(
      heading(scene, selected, question),
      all.map((one) => ({ label: says(scene, selected, one), next: next(one) })),
    ),
  }
}

/** Going on without proof: the reason is typed, or the client is accounted for by name where that is what is short. */
export const waiveNext = (scene: Scene, selected: Selected): Next | undefined =>
  oneOf(scene, selected, waivable(selected), 'what is accepted?', (one) => {
    const sentence = says(scene, selected, one)
    const purpose = { for: 'waive', step: selected.position.step, shortfall: one } as const
    const waive: Next = { open: form(heading(scene, selected, 'waive'), purpose, [sentence]) }
    const client = clientOf(one)
    const accounts = accountsFor(selected, one, scene.now)
    if (!client || accounts.length === 0) return waive
    const title = `Who is "${client.application}", user ${client.user}?`
    const named = accounts.map((way): Option => ({
      label: `Account for it by name: ${accountingWords(way)}`,
      next: {
        open: form(title, { for: 'account', ...client, ...way }, [sentence, `Accounted for: ${accountingWords(way)}.`]),
      },
    }))
    return {
      open: chooser(
        title,
        [...named, { label: 'Go on without accounting for it, with a typed reason', next: waive }],
        [sentence],
      ),
    }
  })

/** A named person's word. */
export const attestNext = (scene: Scene, selected: Selected): Next | undefined =>
  oneOf(scene, selected, attestable(selected), 'what is attested?', (one) => ({
    open: form(heading(scene, selected, 'attest'), { for: 'attest', step: selected.position.step, shortfall: one }, [
      says(scene, selected, one),
      'It is shown as attested everywhere, never as proven.',
    ]),
  }))

/** What this session can have done about a shortfall. */
export const remedyNext = (scene: Scene, selected: Selected): Next | undefined =>
  oneOf(scene, selected, remediable(scene, selected), 'what is mended?', (one) => {
    const { step } = selected.position
    const found = remedyFor(scene.session.remedies, step, one)
    const intent: Intent = {
      do: 'remedy',
      step,
      remedy: scene.session.remedies.findIndex((each) => each === found),
      shortfall: one,
    }
    const typed = found?.typed?.(one)
    if (typed === undefined) return { intent }
    const asks = `Type "${typed}" to ${found?.label ?? 'go on'}.`
    return {
      open: form(heading(scene, selected, 'what is mended?'), { for: 'remedy', typed, intent }, [
        says(scene, selected, one),
        asks,
      ]),
    }
  })

const LATE = 'AWS may have taken it and show it late. Give it up only when you are sure that it was not taken.'

/** What to do about a change that was sent and has no answer on record. `step`: the step that sends it. */
export const unansweredChooser = ({ name }: Selected, step: string): Chooser =>
  chooser(`${name}: a change was sent, and no answer is on record`, [
    {
      label: 'Observe it again',
      detail: 'Looks whether AWS shows it; when it does, it is taken over as sent.',
      next: { intent: { do: 'observe' } },
    },
    {
      label: 'Retry',
      detail: 'Gives the intent up with a typed reason, then asks for a new confirmation.',
      next: { open: form(`Give the intent up, and confirm anew: ${name}`, { for: 'give-up', step }, [LATE]) },
    },
    {
      label: 'Give up',
      detail: 'Gives the intent up with a typed reason, and sends nothing.',
      next: { open: form(`Give the intent up: ${name}`, { for: 'give-up' }, [LATE]) },
    },
  ])
