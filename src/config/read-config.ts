import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod/mini'
import { CONFIG_FORMAT, EMPTY_CONFIG, configSchema, type Config } from './schema.ts'

export const CONFIG_NAME = 'rds-ca-runbook.config.yaml'

/** The configuration cannot be used. The message names the file, the path in it, and what is allowed there. */
export class ConfigUnusable extends Error {
  override readonly name = 'ConfigUnusable'
}

type Issue = z.core.$ZodIssue

const either = (values: readonly unknown[]): string => values.map((one) => JSON.stringify(one)).join(' or ')

/** What says that a value has not this form at all, where it is said of the value itself. */
const WHOLLY_OTHER: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value'])

/** Of the forms that a value may have, the one that was meant: a wrong member says more than "not a text either". */
const meant = (forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  forms.find((issues) => !issues.some(({ code, path }) => WHOLLY_OTHER.has(code) && path.length === 0))

/** What is misspelt, and what there is in its place: only the object that does not know a key knows those that it has. */
const misspelt: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined
  const { shape } = (issue.inst as z.ZodMiniObject)._zod.def
  return `unknown: ${issue.keys.join(', ')} (there is ${Object.keys(shape).join(', ')})`
}

/** What an issue says is allowed, without its path. */
function allowed(issue: Issue): string {
  if (issue.code === 'invalid_value') return `must be ${either(issue.values)}`
  if (issue.code === 'invalid_type') return `must be ${issue.expected}`
  if (issue.code === 'invalid_key') return issue.issues.map((one) => allowed(one)).join(', ')
  if (issue.code === 'too_small' && issue.message === 'Invalid input')
    return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty'
  return issue.message
}

/** Each thing that is wrong, as its path in the file and what is allowed there. */
function problems(issue: Issue, above: readonly PropertyKey[] = []): string[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'invalid_union') {
    if ('options' in issue && Array.isArray(issue.options))
      return [`${path.join('.')}: must be ${either(issue.options)}`]
    const inside = meant(issue.errors)
    if (inside) return inside.flatMap((one) => problems(one, path))
    const forms = issue.errors
      .flatMap((issues) => issues.slice(0, 1))
      .map((one) => allowed(one).replace(/^must be /, ''))
    return [`${path.join('.')}: must be ${forms.join(' or ')}`]
  }
  return [`${path.join('.') || 'the file'}: ${allowed(issue)}`]
}

/** Names that are given and mean nothing: a twin that is not declared, or one that is its own; a route to a database that is not meant. */
function dangling(config: Config): string[] {
  return [...danglingTwins(config), ...danglingRoutes(config)]
}

const danglingRoutes = ({ applications }: Config): string[] =>
  Object.entries(applications).flatMap(([name, { route, databases }]) => {
    const path = `applications.${name}.route`
    const { via, host } = typeof route === 'string' ? { via: route, host: undefined } : route
    if (via === 'cname' && host === undefined)
      return [`${path}: cname needs the name: { via: cname, host: NAME } or { via: cname, host: { DATABASE: NAME } }`]
    return Object.keys(typeof host === 'object' ? host : {})
      .filter((database) => !databases.includes(database))
      .map((database) => `${path}.host.${database}: is none of its databases`)
  })

function danglingTwins(config: Config): string[] {
  return Object.entries(config.databases).flatMap(([name, { twin }]) => {
    if (twin === undefined || twin === 'none') return []
    if (twin === name) return [`databases.${name}.twin: a database cannot stand surety for itself`]
    if (config.databases[twin]?.environment !== 'staging')
      return [`databases.${name}.twin: "${twin}" must be declared under databases with environment: staging`]
    return []
  })
}

/** Reads a configuration from its text. `file` is for messages only. Throws {@link ConfigUnusable}. */
export function parseConfig(text: string, file: string): Config {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new ConfigUnusable(`${file} is not YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  const version =
    typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : undefined
  if (typeof version === 'number' && version > CONFIG_FORMAT)
    throw new ConfigUnusable(
      `${file} has formatVersion ${version}; this version of rds-ca-runbook reads ${CONFIG_FORMAT}. Use a newer rds-ca-runbook.`,
    )
  const result = configSchema.safeParse(value, { error: misspelt })
  const wrong = result.success ? dangling(result.data) : result.error.issues.flatMap((issue) => problems(issue))
  if (wrong.length > 0)
    throw new ConfigUnusable(`${file} cannot be used:\n${wrong.map((one) => `  ${one}`).join('\n')}`)
  return result.data ?? EMPTY_CONFIG
}

/** The file that a configuration is read from. */
export const configFile = (named: string | undefined, directory: string): string =>
  resolve(directory, named ?? CONFIG_NAME)

/** Reads the configuration that was named, else the one in the working directory, else none. Throws {@link ConfigUnusable}. */
export function readConfig(named: string | undefined, directory: string): Config {
  const file = configFile(named, directory)
  if (named === undefined && !existsSync(file)) return EMPTY_CONFIG
  try {
    return parseConfig(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof ConfigUnusable) throw error
    throw new ConfigUnusable(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
