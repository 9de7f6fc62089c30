import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseDocument, type Document } from 'yaml'
import { misspelt, problems } from './problems.ts'
import { CONFIG_FORMAT, EMPTY_CONFIG, configSchema, type Config } from './schema.ts'

export const CONFIG_NAME = 'rds-ca-runbook.config.yaml'

/** The configuration cannot be used. The message names the file, the path in it, and what is allowed there. */
export class ConfigUnusable extends Error {
  override readonly name = 'ConfigUnusable'

  /** What a message quotes of the file must not reach a terminal as an order to it. */
  constructor(message: string) {
    super(message.replace(/[^\P{Cc}\n\t]/gu, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`))
  }
}

/** A configuration's YAML: keys are text as they are written (`0123`, `no`, `null`). */
export const documentOf = (text: string): Document.Parsed => parseDocument(text, { stringKeys: true })

/** What the YAML says. A warning counts as an error: a tag that means nothing here, for one. Throws a sentence. */
function valueOf(text: string): unknown {
  const document = documentOf(text)
  const [wrong] = [...document.errors, ...document.warnings]
  if (wrong?.code === 'MULTIPLE_DOCS')
    throw new Error('a line of three dashes (---) begins a second document. Keep one.')
  if (wrong) throw wrong
  return document.toJS()
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
      return [`databases.${name}.twin: "${twin}" must be declared under databases with environment: staging; or none`]
    return []
  })
}

/** Reads a configuration from its text. `file` is for messages only. Throws {@link ConfigUnusable}. */
export function parseConfig(text: string, file: string): Config {
  let value: unknown
  try {
    value = valueOf(text)
  } catch (error) {
    throw new ConfigUnusable(`${file} is not YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (value === null || value === undefined)
    throw new ConfigUnusable(`${file} cannot be used: it is empty. It begins with "formatVersion: ${CONFIG_FORMAT}".`)
  const version =
    typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : undefined
  if (typeof version === 'number' && version > CONFIG_FORMAT)
    throw new ConfigUnusable(
      `${file} has formatVersion ${version}; this version of rds-ca-runbook reads ${CONFIG_FORMAT}. Use a newer rds-ca-runbook.`,
    )
  const result = configSchema.safeParse(value, { error: misspelt })
  const wrong = result.success ? dangling(result.data) : result.error.issues.flatMap((issue) => problems(issue, value))
  if (wrong.length > 0)
    throw new ConfigUnusable(`${file} cannot be used:\n${wrong.map((one) => `  ${one}`).join('\n')}`)
  return result.data ?? EMPTY_CONFIG
}

/** The file that a configuration is read from. */
export const configFile = (named: string | undefined, directory: string): string =>
  resolve(directory, named ?? CONFIG_NAME)

/** What is not UTF-8 is refused: read as if it were, its names would be others. */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Error('it is not UTF-8. Save it as UTF-8')
  return bytes.toString()
}

/** Reads the configuration that was named, else the one in the working directory, else none. Throws {@link ConfigUnusable}. */
export function readConfig(named: string | undefined, directory: string): Config {
  const file = configFile(named, directory)
  if (named === undefined && !existsSync(file)) return EMPTY_CONFIG
  try {
    return parseConfig(textOf(readFileSync(file)), file)
  } catch (error) {
    if (error instanceof ConfigUnusable) throw error
    throw new ConfigUnusable(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
