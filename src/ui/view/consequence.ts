import type { Change } from '../../rules/change.ts'
import type { Assessment } from '../../rules/assess.ts'
import type { PlainRunbook } from '../../rules/step.ts'
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
  if (restarts === 'yes') return 'The database RESTARTS: every session is cut.'
  return 'AWS does not say whether it restarts: count on a restart, which cuts every session.'
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
  const own = positions.findIndex((one) => runbook.steps[one.step]?.change)
  return {
    what: `${name} (${(decided.environment ?? 'production').toUpperCase()}, ${change.region}) gets the CA ${ca}.`,
    when:
      input['ApplyImmediately'] === true
        ? 'Now. Everything else that is pending for it is applied too.'
        : 'In its next maintenance window; until then it can be cancelled.',
    restart: restartWords(restarts, input['CertificateRotationRestart'] === false),
    rests: positions
      .slice(0, Math.max(0, own))
      .map((one) => `${numberOf(runbook, one.step)} ${STANDING_WORDS[one.standing]}`),
  }
}
