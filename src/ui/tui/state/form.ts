import { VERIFICATIONS, type AccountedAs } from '../../../rules/decisions.ts'
import type { StandingShortfall } from '../../../rules/position.ts'
import type { Instant } from '../../../rules/words.ts'
import { endOfDay } from '../../view/end-of-day.ts'
import type { Intent } from '../work/intent.ts'
import type { TextField } from './text-field.ts'

/** What a form is filled in for. */
export type Purpose =
  | { readonly for: 'waive'; readonly step: string; readonly shortfall: StandingShortfall }
  | { readonly for: 'attest'; readonly step: string; readonly shortfall: StandingShortfall }
  | {
      readonly for: 'account'
      readonly user: string
      readonly application: string
      readonly as: AccountedAs
      readonly of?: string
    }
  | { readonly for: 'give-up'; readonly step?: string }
  | { readonly for: 'reply' }
  | { readonly for: 'halt' }
  | { readonly for: 'no-applications' }
  | { readonly for: 'application' }
  | { readonly for: 'filter' }
  /** `typed`: what must be typed before the remedy is used. */
  | { readonly for: 'remedy'; readonly typed: string; readonly intent: Intent }

export interface FieldShape {
  readonly label: string
  readonly hint: string
}

/** The sentence that is typed to say that nothing connects. */
export const NO_APPLICATIONS = 'there are no applications'

/** The fields of each form, in the order in which they are filled in. */
export const FIELDS: Readonly<Record<Purpose['for'], readonly FieldShape[]>> = {
  waive: [{ label: 'Reason', hint: 'why it is right to go on without proof; it is put on record with your name' }],
  attest: [
    { label: 'Name', hint: 'the person whose word it is' },
    { label: 'Ticket', hint: 'where it is written down' },
    { label: 'Until', hint: 'the last day on which it holds (UTC), YYYY-MM-DD' },
  ],
  account: [{ label: 'Reason', hint: 'how you know; it is put on record with your name' }],
  'give-up': [{ label: 'Reason', hint: 'why you are sure that it was not taken' }],
  reply: [{ label: 'Line', hint: 'from rds-ca-reply to .end; what mail or chat put around it does not matter' }],
  halt: [
    {
      label: 'Reason',
      hint: 'what happened; it holds for every process on this state directory, until it is taken back',
    },
  ],
  'no-applications': [{ label: 'Type', hint: `"${NO_APPLICATIONS}"` }],
  application: [
    { label: 'Name', hint: 'as its owner calls it; an application that is declared gets this database too' },
    { label: 'Owner', hint: 'who mends it: a team or a person' },
    { label: 'Verifies', hint: VERIFICATIONS.join(', ') },
    { label: 'Database users', hint: 'with commas between; - for none' },
    { label: 'Trust store', hint: 'pem:/etc/orders/rds-ca.pem, jks:…, directory:…, system; - if it is not known' },
  ],
  filter: [
    { label: 'List', hint: 'words of a name, an account, a Region, an engine, a CA or a cluster; nothing lists all' },
  ],
  remedy: [{ label: 'Type', hint: 'exactly what is named above; Esc leaves it' }],
}

export type Submitted =
  | { readonly ok: true; readonly intent: Intent }
  /** `at`: the field that is wrong. */
  | { readonly ok: false; readonly at: number; readonly error: string }

const no = (at: number, error: string): Submitted => ({ ok: false, at, error })
const yes = (intent: Intent): Submitted => ({ ok: true, intent })

/** What a form comes to when it is sent off, or which field is wrong and why. */
export function submitted(purpose: Purpose, fields: readonly TextField[], now: Instant): Submitted {
  const texts = fields.map((one) => one.text.trim())
  const [first = '', second = '', third = ''] = texts
  const empty = texts.findIndex((text) => text === '')
  if (empty >= 0) return no(empty, `${FIELDS[purpose.for][empty]?.label ?? 'This'} is missing.`)
  switch (purpose.for) {
    case 'waive':
      return yes({ do: 'waive', step: purpose.step, shortfall: purpose.shortfall, why: first })
    case 'account':
      return yes({
        do: 'account',
        user: purpose.user,
        application: purpose.application,
        as: purpose.as,
        ...(purpose.of !== undefined && { of: purpose.of }),
        why: first,
      })
    case 'give-up':
      return yes({ do: 'give-up', why: first, ...(purpose.step !== undefined && { step: purpose.step }) })
    case 'reply':
      return yes({ do: 'take', text: first })
    case 'halt':
      return yes({ do: 'halt', why: first })
    case 'no-applications':
      return first === NO_APPLICATIONS
        ? yes({ do: 'decide', decision: 'applications', value: [] })
        : no(0, `Expected exactly "${NO_APPLICATIONS}". Nothing was decided.`)
    case 'application': {
      const verification = VERIFICATIONS.find((one) => one === third)
      if (!verification) return no(2, `"${third}" is none of ${VERIFICATIONS.join(', ')}.`)
      const [, , , users = '', store = ''] = texts
      return yes({ do: 'declare', application: { name: first, owner: second, verification, users, store } })
    }
    case 'filter':
      throw new Error('Bug: a filter is no intent')
    case 'remedy':
      return first === purpose.typed
        ? yes(purpose.intent)
        : no(0, `Expected exactly "${purpose.typed}". Nothing was done.`)
    case 'attest': {
      const until = endOfDay(third)
      if (until === undefined) return no(2, `"${third}" is not a day. Write it as 2027-01-31.`)
      if (until <= now) return no(2, `${third} is over. An attestation needs an end that lies ahead.`)
      return yes({
        do: 'attest',
        step: purpose.step,
        shortfall: purpose.shortfall,
        word: { name: first, ticket: second, until },
      })
    }
  }
}
