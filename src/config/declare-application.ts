import { isMap, parseDocument } from 'yaml'
import type { DeclaredOnScreen } from '../ports/declared.ts'
import { ConfigUnusable, parseConfig } from './read-config.ts'
import { CONFIG_FORMAT, type Config } from './schema.ts'

export interface Redeclared {
  readonly text: string
  readonly config: Config
}

/**
 * The text of a configuration with one more application in it, or with one more database for an application that it has; comments
 * and everything else stay as they are. `text` undefined: there is no configuration yet. Throws {@link ConfigUnusable}, and then nothing
 * has to be undone.
 */
export function withApplication(
  text: string | undefined,
  file: string,
  database: string,
  { name, trustStore, ...rest }: DeclaredOnScreen,
): Redeclared {
  const before = parseConfig(text ?? `formatVersion: ${CONFIG_FORMAT}\n`, file)
  const document = parseDocument(text ?? `formatVersion: ${CONFIG_FORMAT}\n`)
  const known = before.applications[name]
  if (known && known.databases.includes(database))
    throw new ConfigUnusable(`${name} is declared for ${database} already, in ${file}. Change it there.`)
  if (known) document.addIn(['applications', name, 'databases'], database)
  else {
    if (!isMap(document.get('applications'))) document.set('applications', document.createNode({}))
    const declared = { ...rest, databases: [database], ...(trustStore && { trustStores: [trustStore] }) }
    document.setIn(['applications', name], document.createNode(declared))
  }
  const after = document.toString({ lineWidth: 0 })
  return { text: after, config: parseConfig(after, file) }
}
