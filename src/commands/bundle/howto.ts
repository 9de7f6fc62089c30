import { resolve } from 'node:path'
import { CLIENTS, howtoFor } from '../../bundle/howto/clients.ts'
import { fill, type Howto, type Values } from '../../bundle/howto/howto.ts'
import { pageOf } from '../../bundle/howto/page.ts'
import { table } from '../../ui/view/table.ts'
import { asksFor, output, type CommonFlags } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'

export interface HowtoFlags extends CommonFlags {
  readonly bundleFile?: string
  readonly host?: string
}

/** These stand in shells, URLs, INI files, YAML and six languages: what means something in any of them is not put in. */
const PLAIN_PATH = /^[\w@%+:,./\\~-]+$/
const PLAIN_HOST = /^[A-Za-z0-9._:-]+$/

function valuesOf({ bundleFile, host }: HowtoFlags): Values {
  if (host !== undefined && !PLAIN_HOST.test(host))
    throw new OperatorError(
      EXIT.usage,
      `--host ${host} is no host name: write the endpoint without port, user or scheme.`,
    )
  if (bundleFile === undefined) return { bundle: 'BUNDLE', store: 'STORE', host: host ?? 'HOST' }
  const bundle = resolve(bundleFile)
  if (!PLAIN_PATH.test(bundle))
    throw new OperatorError(
      EXIT.usage,
      `--bundle-file ${bundle}: choose a path without spaces and quotes. Each client has another way to write those, and some have none.`,
    )
  return { bundle, store: `${bundle.replace(/\.(?:pem|crt|cer)$/i, '')}.p12`, host: host ?? 'HOST' }
}

const json = (howto: Howto, values: Values): object => ({
  ...howto,
  changes: howto.changes.map(({ where, code }) => ({
    where: fill(where, values),
    code: code.map((line) => fill(line, values)),
  })),
})

/** `bundle howto [CLIENT]`: the change that one client needs, or the list of clients. */
export function howto(client: string | undefined, flags: HowtoFlags): ExitCode {
  const values = valuesOf(flags)
  if (client === undefined) {
    if (asksFor(flags) === 'json') for (const { id, name } of CLIENTS) output.json({ id, name })
    else {
      for (const line of table(CLIENTS.map(({ id, name }) => [id, name]))) output.line(line)
      output.line('')
      output.line('rds-ca-runbook bundle howto CLIENT [--bundle-file FILE] [--host NAME]')
    }
    return EXIT.done
  }
  const found = howtoFor(client)
  if (!found)
    throw new OperatorError(
      EXIT.usage,
      `There is no page for "${client}". There are: ${CLIENTS.map(({ id }) => id).join(', ')}.`,
    )
  if (asksFor(flags) === 'json') output.json(json(found, values))
  else for (const line of pageOf(found, values)) output.line(line)
  return EXIT.done
}
