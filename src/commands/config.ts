import { existsSync } from 'node:fs'
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

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** `config check`: whether the configuration can be used; asks nobody. Throws ConfigUnusable. */
export async function configCheck(flags: CommonFlags): Promise<ExitCode> {
  const { accounts, databases, applications } = configOf(flags)
  const file = resolve(flags.config ?? (process.env['RDS_CA_RUNBOOK_CONFIG'] || CONFIG_NAME))
  if (!existsSync(file)) {
    output.line(`There is no ${file}: everything is as without a configuration. "init" writes one.`)
    return EXIT.done
  }
  const declared = [
    counted(accounts.length, 'account'),
    counted(Object.keys(databases).length, 'database'),
    counted(Object.keys(applications).length, 'application'),
  ]
  output.line(`${file} can be used: ${declared.join(', ')}.`)
  return EXIT.done
}
