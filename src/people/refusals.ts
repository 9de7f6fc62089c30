import { fillIn, type Reason } from '../rules/words.ts'

/** Why a reply is not taken in, and what to do about it. `{name}` is filled in with the reason's argument of that name. */
const REFUSALS: Readonly<Record<string, { readonly says: string; readonly cure: string }>> = {
  'cut-off': {
    says: 'A reply begins, and its end is missing: something shortened it on its way.',
    cure: 'Have the whole line sent again, from rds-ca-reply to .end, as a file if need be.',
  },
  damaged: {
    says: 'A reply is whole, and says nothing that a probe says: it was altered on its way.',
    cure: 'Have the probe run again, and its line copied as it is.',
  },
  'newer-format': {
    says: 'A reply has the format {format}, which this version of rds-ca-runbook does not read.',
    cure: 'Use the version that the question was asked with.',
  },
  'unknown-question': {
    says: 'It answers the question {question}, which is not on record here.',
    cure: 'Take it in where it was asked (--state-dir), or ask from here: ask.',
  },
  edited: {
    says: 'The line was altered after the probe made it, or made without that probe: it does not fit its question.',
    cure: 'Have the probe run again, and its line copied as it is.',
  },
  duplicate: { says: 'This very line is on record already.', cure: 'Nothing to do.' },
  'other-application': {
    says: 'It is about {found}, and the question was put to {application}.',
    cure: 'Run the probe that was made for this application.',
  },
  'other-endpoint': {
    says: 'It is about the endpoint {found}, and what is asked about is {asked}.',
    cure: 'Send the probe that is made now (ask, probe-script), and have that one run.',
  },
  'other-region': {
    says: 'It is about the Region {found}, and what is asked about is {asked}: each Region has roots of its own.',
    cure: 'Send the probe that is made now (ask, probe-script), and have that one run.',
  },
  'other-bundle': {
    says: 'It was looked for other roots than those of the present bundle (03).',
    cure: 'Send the probe that is made now (ask, probe-script), and have that one run.',
  },
  superseded: {
    says: 'The question has been put anew since, and this answers the earlier one.',
    cure: 'Have the probe of the last message run.',
  },
  inconsistent: {
    says: 'The roots that it names and the digest of its store do not fit each other.',
    cure: 'Have the probe run again as it was sent, without changes.',
  },
  'in-the-future': {
    says: 'It was made in the future, by the clock of the machine that it ran on.',
    cure: 'Set that clock, or this one, and have the probe run again.',
  },
  'before-asked': {
    says: 'It was made before its question was asked, by the clock of the machine that it ran on.',
    cure: 'Set that clock, or this one, and have the probe run again.',
  },
  'too-old': {
    says: 'It was made more than {days} days ago: the store may be another by now.',
    cure: 'Have the probe run again.',
  },
}

export const REFUSAL_CODES = Object.keys(REFUSALS)

/** A refusal in words. */
export function refusalSays({ code, args }: Reason): { readonly says: string; readonly cure: string } {
  const { says, cure } = REFUSALS[code] ?? { says: `It is refused: ${code}.`, cure: '' }
  return { says: fillIn(says, args), cure: fillIn(cure, args) }
}
