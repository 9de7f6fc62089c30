import { DECISION_NAMES, ENVIRONMENTS, TIMINGS, type DecisionName, type Decisions } from '../../../rules/decisions.ts'
import { sendingState } from '../../../rules/record.ts'
import { canonical } from '../../../rules/words.ts'
import { decisionWords } from '../../view/decision-words.ts'
import { DECISION_WORDS } from '../../view/english.ts'
import type { Scene, Selected } from '../scene/scene.ts'
import { chooser, form, type Chooser, type Next, type Option } from '../state/dialog.ts'
import { twinOptions } from './twin-options.ts'

/** What cannot be decided otherwise once the change that rests on it has been sent. */
const BEFORE_SENDING: ReadonlySet<DecisionName> = new Set(['environment', 'target', 'twin', 'timing'])

const EXPLAINED = {
  environment: {
    production: 'needs a twin that has been rotated, or a waiver',
    staging: 'proves on its own endpoint; stands surety for others',
  },
  timing: {
    now: 'at once, with everything else that is pending for it',
    window: 'in its next maintenance window',
    'without-restart': 'staged now, live at the next restart; only where rotation restarts',
  },
} as const

const decide = <D extends DecisionName>(decision: D, value: Decisions[D]): Next => ({
  intent: { do: 'decide', decision, value },
})

/** What there is to choose from for a decision, by what the steps saw. */
function optionsFor(scene: Scene, selected: Selected, decision: DecisionName): readonly Option[] {
  switch (decision) {
    case 'environment':
      return ENVIRONMENTS.map((value) => ({
        label: value,
        detail: EXPLAINED.environment[value],
        next: decide(decision, value),
      }))
    case 'timing':
      return TIMINGS.map((value) => ({
        label: decisionWords(decision, value),
        detail: EXPLAINED.timing[value],
        next: decide(decision, value),
      }))
    case 'twin':
      return twinOptions(scene, selected)
    case 'applications': {
      const typed = form(`${selected.name}: no application connects`, { for: 'no-applications' }, [
        'Nothing that connects will be checked.',
      ])
      const none = { label: 'There are no applications', detail: 'Typed in words.', next: { open: typed } }
      const declare = form(`${selected.name}: an application that connects`, { for: 'application' }, [
        'It is written into the configuration, where routes, checks and other kinds of stores are declared too.',
      ])
      return [
        ...(scene.session.declare ? [{ label: 'Declare an application', next: { open: declare } }] : []),
        ...(declares(selected, decision) ? [] : [none]),
      ]
    }
    case 'target':
      return targetsOffered(selected)
    case 'clients':
      return []
  }
}

/** What the steps that have looked offer. */
const targetsOffered = ({ assessment, desk }: Selected): readonly Option[] =>
  [...assessment.steps].flatMap(([id, { facts }]) => {
    const offers = facts && desk.deps.runbook.steps[id]?.offers?.(facts).target
    return (offers ?? []).map(({ value, label, proposed }) => ({
      label,
      ...(proposed && { detail: 'proposed' }),
      next: decide('target', value),
    }))
  })

const declares = ({ desk }: Selected, decision: DecisionName): boolean =>
  desk.deps.declared.decisionsFor(desk.about)[decision] !== undefined

/** Why a decision cannot be taken here and now; undefined when it can. */
export function decisionOff(scene: Scene, selected: Selected, decision: DecisionName): string | undefined {
  const { desk } = selected
  const addable = decision === 'applications' && scene.session.declare !== undefined
  if (declares(selected, decision) && !addable) return 'declared in the configuration: change it there'
  if (decision === 'clients') return 'each is accounted for where it is short: w'
  const sent = sendingState(desk.rotation?.sendings.at(-1)) === 'accepted'
  return sent && BEFORE_SENDING.has(decision) ? 'the change that rests on it has been sent' : undefined
}

function provenance({ desk }: Selected, decision: DecisionName): string {
  const recorded = desk.rotation?.decisions[decision]
  return recorded ? `${recorded.by.user}, ${recorded.said}` : 'default'
}

/** What is in force, and who said so; what the configuration declares is said as the reason why it is not decided here. */
function valueWords(selected: Selected, decision: DecisionName): string {
  const value = selected.assessment.decided[decision]
  if (value === undefined) return 'undecided'
  const words = decisionWords(decision, value)
  return declares(selected, decision) ? words : `${words} (${provenance(selected, decision)})`
}

/** The options of one decision, on the one that is in force, or else the one that is proposed. */
function decisionChooser(scene: Scene, selected: Selected, decision: DecisionName): Chooser {
  const options = optionsFor(scene, selected, decision)
  const present = selected.assessment.decided[decision]
  const inForce = ({ next }: Option): boolean =>
    present !== undefined &&
    'intent' in next &&
    next.intent.do === 'decide' &&
    canonical(next.intent.value) === canonical(present)
  const at = options.findIndex((one) => inForce(one))
  const proposed = options.findIndex(({ detail }) => detail === 'proposed')
  return chooser(
    `${selected.name}: ${DECISION_WORDS[decision] ?? decision}`,
    options,
    [],
    Math.max(0, at >= 0 ? at : proposed),
  )
}

/** The decisions that the selected step waits for. */
export function wantedDecisions({ position }: Selected): readonly DecisionName[] {
  const short = position.shortfalls.filter(({ shortfall, met }) => !met && shortfall.code === 'undecided')
  const named = new Set<unknown>([
    ...short.map(({ shortfall }) => shortfall.args['decision']),
    ...(position.gate.open
      ? []
      : position.gate.blockers.flatMap(({ cure }) => (cure.do === 'decide' ? [cure.decision] : []))),
  ])
  return DECISION_NAMES.filter((name) => named.has(name))
}

/** All decisions of the selected database as they are in force, on the first that the selected step waits for, or that can be taken. */
export function decideChooser(scene: Scene, selected: Selected): Chooser {
  const options = DECISION_NAMES.map((decision): Option => {
    const words = valueWords(selected, decision)
    const chosen = decisionChooser(scene, selected, decision)
    const off =
      decisionOff(scene, selected, decision) ??
      (chosen.options.length === 0 ? 'nothing is offered yet: look at 01 first' : undefined)
    return {
      label: DECISION_WORDS[decision] ?? decision,
      detail: words,
      ...(off !== undefined && { off }),
      next: { open: chosen },
    }
  })
  const [first] = wantedDecisions(selected)
  const at = first === undefined ? options.findIndex(({ off }) => off === undefined) : DECISION_NAMES.indexOf(first)
  return chooser(`${selected.name}: decisions`, options, [], Math.max(0, at))
}
