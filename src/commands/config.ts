import { resolve } from 'node:path'
import { configJsonSchema } from '../config/json-schema.ts'
import { CONFIG_NAME } from '../config/read-config.ts'
import { configOf, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** `config schema`: the configuration's JSON Schema, for editors and pipelines. */
export async function configSchema(): Promise<ExitCode> {
  output.line(JSON.stringify(configJsonSchema(), undefined, 2))
  return EXIT.done
}

/** `config check`: whether the configuration can be used; asks nobody. Throws ConfigUnusable. */
export async function configCheck(flags: CommonFlags): Promise<ExitCode> {
  const { accounts, databases, applications } = configOf(flags)
  const count = (things: object): number => Object.keys(things).length
  output.line(
    `${resolve(flags.config ?? CONFIG_NAME)} can be used: ${count(accounts)} accounts, ${count(databases)} databases, ${count(applications)} applications.`,
  )
  return EXIT.done
}
