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

const say = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.join('.') || 'the file'
  if (issue.code === 'invalid_value')
    return `${path}: must be ${issue.values.map((one) => JSON.stringify(one)).join(' or ')}`
  if (issue.code === 'unrecognized_keys') return `${path}: unknown: ${issue.keys.join(', ')}`
  if (issue.code === 'invalid_type') return `${path}: must be ${issue.expected}`
  if (issue.code === 'invalid_format' || issue.code === 'invalid_key') return `${path}: must be HOST:PORT`
  return `${path}: ${issue.message}`
}

/** Names that are given and mean nothing: a twin that is not declared, or one that is its own. */
function dangling(config: Config): string[] {
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
  const result = configSchema.safeParse(value)
  const problems = result.success ? dangling(result.data) : result.error.issues.map((issue) => say(issue))
  if (problems.length > 0)
    throw new ConfigUnusable(`${file} cannot be used:\n${problems.map((one) => `  ${one}`).join('\n')}`)
  return result.data ?? EMPTY_CONFIG
}

/** Reads the configuration that was named, else the one in the working directory, else none. Throws {@link ConfigUnusable}. */
export function readConfig(named: string | undefined, directory: string): Config {
  const file = resolve(directory, named ?? CONFIG_NAME)
  if (named === undefined && !existsSync(file)) return EMPTY_CONFIG
  try {
    return parseConfig(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof ConfigUnusable) throw error
    throw new ConfigUnusable(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
