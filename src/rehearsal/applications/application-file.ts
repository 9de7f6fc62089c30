import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { APPLICATION_TEMPERS, type ApplicationTemper } from '../data-plane.ts'
import type { Family } from '../servers/served-leaf.ts'
import { writeWholeFile } from '../servers/whole-file.ts'

/** A database as an application's configuration names it. */
export interface ConfiguredDatabase {
  readonly id: string
  readonly host: string
  readonly address: string
  readonly port: number
  readonly family: Family
  readonly database: string
}

/** All that an application needs to connect to any database of the rehearsal, its password included. */
export interface ApplicationConfiguration {
  readonly formatVersion: 1
  readonly name: string
  readonly temper: ApplicationTemper
  readonly user: string
  readonly password: string
  readonly trustStore?: string
  readonly databases: readonly ConfiguredDatabase[]
}

/** Where the rehearsal keeps an application's configuration: what its check is started with. */
export const applicationFile = (rehearsal: string, name: string): string =>
  join(rehearsal, 'applications', `${name}.json`)

/** Writes it whole, readable by its owner alone. The folder must be there. */
export const writeApplicationFile = (file: string, configuration: ApplicationConfiguration): Promise<void> =>
  writeWholeFile(file, `${JSON.stringify(configuration, null, 2)}\n`)

/** Throws an error that names the file when it cannot be read or is not an application's configuration. */
export async function readApplicationFile(file: string): Promise<ApplicationConfiguration> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (!isConfiguration(value)) throw new Error(`${file} is not the configuration of an application of the rehearsal`)
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const holdsTexts = (value: Record<string, unknown>, names: readonly string[]): boolean =>
  names.every((name) => typeof value[name] === 'string')

const isConfiguration = (value: unknown): value is ApplicationConfiguration =>
  isObject(value) &&
  value['formatVersion'] === 1 &&
  holdsTexts(value, ['name', 'user', 'password']) &&
  APPLICATION_TEMPERS.some((temper) => temper === value['temper']) &&
  (value['trustStore'] === undefined || typeof value['trustStore'] === 'string') &&
  Array.isArray(value['databases']) &&
  value['databases'].every(isConfiguredDatabase)

const isConfiguredDatabase = (value: unknown): boolean =>
  isObject(value) &&
  holdsTexts(value, ['id', 'host', 'address', 'database']) &&
  Number.isInteger(value['port']) &&
  (value['family'] === 'postgres' || value['family'] === 'mysql')
