import type { SequenceName } from '../rules/step.ts'
import { output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'
import { beginSequence } from '../runner/begin.ts'
import { databaseNamed } from './database-named.ts'
import { accountSession } from './wizard.ts'

export interface BeginFlags extends CommonFlags {
  /** The CA to go to. A renewal keeps the one that is there. */
  readonly to?: string
}

/**
 * `begin SEQUENCE DATABASE`: begins a rotation of that sequence, which the wizard then goes on with. Sends nothing. Throws RotationUnderWay
 * when one is under way whose change was sent.
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
  const keeps = sequence === 'leaf-renewal' || sequence === 'cancellation'
  const ca = keeps ? record?.ca : flags.to
  if (keeps && flags.to !== undefined && flags.to !== ca)
    throw new OperatorError(
      EXIT.usage,
      `A ${sequence} keeps the CA, which is ${ca ?? 'unknown'}. Nothing was begun. To change it: begin ca-change ${name}.`,
    )
  if (sequence === 'rollback' && ca === undefined)
    throw new OperatorError(EXIT.usage, `Name the CA to go back to: --to CA. Nothing was begun.`)
  await desk.hold(`beginning a ${sequence} of ${name}`)
  try {
    await beginSequence(desk, { sequence, ...(ca !== undefined && { target: ca }) }, 'begin')
  } finally {
    desk.release()
  }
  output.line(`A ${sequence} of ${name} is begun${ca === undefined ? '' : `, to ${ca}`}. The wizard goes on with it.`)
  return EXIT.done
}
