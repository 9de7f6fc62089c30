import { several } from '../bundle/text.ts'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { endpointInForce } from '../aws/endpoint.ts'
import { configJsonSchema, SCHEMA_NAME } from '../config/json-schema.ts'
import { CONFIG_NAME, parseConfig } from '../config/read-config.ts'
import { initialConfig } from '../fleet/init-config.ts'
import { listFleet } from '../fleet/list-fleet.ts'
import { configOf, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { accessWith } from './fleet-access.ts'
import { OperatorError } from './operator-error.ts'
import { whereToLook } from './where-to-look.ts'

export interface InitFlags extends CommonFlags {
  readonly out?: string
  readonly force?: boolean
  /** Whether the JSON Schema is written beside it, and named in it. */
  readonly schema?: boolean
}

/** `init`: writes a configuration from what AWS lists, with comments. Never over one that is there, unless told so. */
export async function init(flags: InitFlags, signal: AbortSignal): Promise<ExitCode> {
  const out = flags.out ?? CONFIG_NAME
  const toOutput = out === '-'
  // Before AWS is asked anything; and once more when it is written, for who else may have.
  if (!toOutput && flags.force !== true && existsSync(resolve(out))) throw isThere(resolve(out))
  const config = configOf(flags)
  const places = whereToLook(flags, config)
  const endpoint = await endpointInForce()
  const facts = ['cas', 'maintenance', 'engines'] as const
  const listing = await listFleet(accessWith({}), places, config, { endpoint, facts, signal })
  const text = initialConfig(listing, places, flags.schema && !toOutput ? `./${SCHEMA_NAME}` : undefined)
  // What it writes, it can read.
  parseConfig(text, out)
  if (toOutput) {
    process.stdout.write(text)
    return EXIT.done
  }
  for (const notice of listing.notices) output.line(notice)
  write(resolve(out), text, flags.force === true)
  output.line(
    `${out} is written: ${several(listing.databases.length, 'database')}. Go over it; nothing in it opens a gate by itself.`,
  )
  if (flags.schema) {
    const beside = join(dirname(resolve(out)), SCHEMA_NAME)
    write(beside, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`, true)
    output.line(`${SCHEMA_NAME} is written beside it, for editors.`)
  }
  return EXIT.done
}

function write(file: string, text: string, over: boolean): void {
  try {
    writeFileSync(file, text, { flag: over ? 'w' : 'wx' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw isThere(file)
    throw new OperatorError(
      EXIT.usage,
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

const isThere = (file: string): OperatorError =>
  new OperatorError(
    EXIT.usage,
    `${file} is there already. Nothing was written. Name another file with --out, print it with --out -, or replace it with --force.`,
  )
