import type { Change } from '../../rules/change.ts'
import { waitsForOthers } from '../../rules/group.ts'
import type { Assessment } from '../../rules/assess.ts'
import { placeWords } from '../../rules/words.ts'
import type { PlainRunbook, SequenceName } from '../../rules/step.ts'
import type { Seen } from '../../rules/evidence.ts'
import { STANDING_WORDS } from './english.ts'
import { numberOf } from './sentences.ts'

/** What a change will do, in words: for the person who confirms it. */
export interface Consequence {
  /** What, to which database, of which environment, where. */
  readonly what: string
  readonly when: string
  readonly restart: string
  /** Each step that it rests on, with how it stands. */
  readonly rests: readonly string[]
}

/** Whether rotation restarts it, as the step that identified it saw; undefined where nothing says so. */
function restartsOf(facts: Seen | undefined): string | undefined {
  const { basis } = facts ?? {}
  return basis && 'restarts' in basis && typeof basis.restarts === 'string' ? basis.restarts : undefined
}

function restartWords(restarts: string | undefined, withheld: boolean): string {
  if (withheld)
    return 'Not restarted by this request: the new certificate is staged and goes live at the next restart, planned or not.'
  if (restarts === 'no') return 'No restart: the engine loads the new certificate while it runs. Open sessions stay.'
  if (restarts === 'listener')
    return 'The database does not restart: its listener does. Open sessions stay; new connections fail for a moment.'
  if (restarts === 'yes') return 'The database RESTARTS: every session is cut.'
  return 'AWS does not say whether it restarts: count on a restart, which cuts every session.'
}

const OPT_IN_WORDS: Readonly<Record<string, string>> = {
  immediate: 'Now. An opt-in to be applied at once cannot be undone.',
  'next-maintenance': 'In its next maintenance window; until then the opt-in can be undone.',
  'undo-opt-in': 'Now: AWS applies it by itself later, on a date of its own.',
}

function whenWords(sequence: SequenceName, { input }: Change): string {
  const optIn = OPT_IN_WORDS[String(input['OptInType'])]
  if (optIn !== undefined) return optIn
  if (sequence === 'account-default') return 'Now.'
  if (sequence === 'cancellation') return 'At once. Whatever else is pending stays pending.'
  return input['ApplyImmediately'] === true
    ? 'Now. Everything else that is pending for it is applied too.'
    : 'In its next maintenance window; until then it can be cancelled.'
}

/** What becomes of the database, and at what price. */
function whatWords(sequence: SequenceName, where: string, ca: string, { input }: Change): string {
  if (input['OptInType'] === 'undo-opt-in') return `${where} keeps its certificate for now: the opt-in is undone.`
  switch (sequence) {
    case 'leaf-renewal':
      return `${where} gets a new server certificate; its CA stays ${ca}.`
    case 'cancellation':
      return `${where} keeps the CA ${ca}: the change that waits is taken back.`
    case 'rollback':
      return `${where} goes BACK to the CA ${ca}, at the same price as the way there. Clients that do not trust its root fail.`
    case 'outage':
      return `${where} gets the CA ${ca}, on the short path of an outage. Clients that do not trust its root go on failing.`
    case 'account-default':
      return `New and restored databases of ${where} get ${ca} from now on. No database that is there changes.`
    case 'ca-change':
      return `${where} gets the CA ${ca}.`
  }
}

/** What confirming a change comes to. Whether it restarts is read from the first facts that say so. */
export function consequenceOf(
  runbook: PlainRunbook,
  name: string,
  assessment: Assessment,
  change: Change,
): Consequence {
  const { decided, steps } = assessment
  const { input } = change
  const positions = [...steps.values()]
  const restarts = positions.map((one) => restartsOf(one.facts)).find((one) => one !== undefined)
  const ca = String(input['CACertificateIdentifier'] ?? decided.target?.ca ?? 'its CA')
  const environment = (decided.environment ?? 'production').toUpperCase()
  // An account's default is nobody's environment, and its name says where it is.
  const where = assessment.sequence === 'account-default' ? name : `${name} (${environment}, ${placeWords(change)})`
  const own = positions.findIndex((one) => runbook.steps[one.step]?.change)
  return {
    what: whatWords(assessment.sequence, where, ca, change),
    when: whenWords(assessment.sequence, change),
    restart:
      assessment.sequence === 'cancellation' || assessment.sequence === 'account-default'
        ? 'No restart: nothing is applied.'
        : restartWords(restarts, input['CertificateRotationRestart'] === false),
    rests: positions.slice(0, Math.max(0, own)).map((one) => {
      const stands = waitsForOthers(one) ? 'when its turn comes' : STANDING_WORDS[one.standing]
      return `${numberOf(runbook, one.step)} ${stands}`
    }),
  }
}
