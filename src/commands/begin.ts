import { calledBy, type SequenceName } from '../rules/step.ts'
import type { Desk } from '../runner/desk.ts'
import { SEQUENCE_WORDS } from '../ui/view/english.ts'
import { output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'
import { beginnings, beginSequence, type Beginning } from '../runner/begin.ts'
import { databaseNamed } from './database-named.ts'
import { accountSession } from './wizard.ts'

export interface BeginFlags extends CommonFlags {
  /** The CA to go to. A renewal keeps the one that is there. */
  readonly to?: string
}

/**
 * `begin SEQUENCE DATABASE`: begins a rotation of that sequence, which the wizard then goes on with. Sends nothing. Throws OperatorError
 * where it cannot be begun.
 */
export async function begin(
  sequence: SequenceName,
  name: string,
  flags: BeginFlags,
  signal: AbortSignal,
): Promise<ExitCode> {
  const session = await accountSession({ ...flags, execute: false }, signal)
  const found = databaseNamed(session, name)
  const { desk, record } = found
  await desk.hold(`beginning a ${sequence} of ${name}`)
  try {
    const chosen = chosenOf(desk, sequence, record?.ca, flags.to)
    await beginSequence(desk, chosen, 'begin')
    const to = chosen.target === undefined ? '' : ` to ${chosen.target}`
    output.line(`${name}: begun: ${SEQUENCE_WORDS[sequence]}${to}. Nothing was sent. The wizard goes on with it.`)
  } finally {
    desk.release()
  }
  return EXIT.done
}

/** What is begun, of what can be begun now. `to`: the CA that was named. Throws OperatorError, and then nothing is changed. */
function chosenOf(desk: Desk, sequence: SequenceName, present: string | undefined, to: string | undefined): Beginning {
  const offered = beginnings(desk, present).filter((one) => one.sequence === sequence)
  const off = offered.find((one) => one.off !== undefined)?.off
  if (off !== undefined) throw new OperatorError(EXIT.closed, `${calledBy(desk.about)}: ${off}. Nothing was begun.`)
  const refused = (why: string) => new OperatorError(EXIT.usage, `${why} Nothing was begun.`)
  const targets = offered.flatMap(({ target }) => target ?? [])
  if (sequence === 'rollback' && to === undefined)
    throw refused(`Name the CA to go back to: --to ${targets.join(' or --to ')}.`)
  if (targets.length > 0) {
    const found = offered.find(({ target }) => target === (to ?? targets[0]))
    if (found) return found
    throw refused(
      sequence === 'rollback'
        ? `It never served ${to}, by what is on record; it did serve ${targets.join(', ')}.`
        : `This keeps the CA, which is ${targets.join()}. To change it, begin a ca-change.`,
    )
  }
  const declared = desk.deps.declared.decisionsFor(desk.about).target?.ca
  if (to !== undefined && declared !== undefined && declared !== to)
    throw refused(`The configuration declares the target ${declared}, which goes before --to ${to}: change it there.`)
  return { sequence, ...(to !== undefined && { target: to }) }
}
