import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq } from 'yaml'
import type { DeclaredOnScreen } from '../ports/declared.ts'
import { ConfigUnusable, documentOf, parseConfig } from './read-config.ts'
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
  const document = documentOf(text ?? `formatVersion: ${CONFIG_FORMAT}\n`)
  const known = before.applications[name]
  if (known && known.databases.includes(database))
    throw new ConfigUnusable(`${name} is declared for ${database} already, in ${file}. Change it there.`)
  const byHand = new ConfigUnusable(
    `${file} has anchors or aliases there: declare ${name} for ${database} in it by hand.`,
  )
  if (known) {
    if (!isSeq(document.getIn(['applications', name, 'databases']))) throw byHand
    document.addIn(['applications', name, 'databases'], database)
  } else {
    if (!isMap(document.get('applications'))) document.set('applications', document.createNode({}))
    const declared = { ...rest, databases: [database], ...(trustStore && { trustStores: [trustStore] }) }
    document.setIn(['applications', name], document.createNode(declared))
  }
  const after = document.toString({ lineWidth: 0 })
  const config = parseConfig(after, file)
  // What an anchor stands for is changed wherever its aliases are.
  const wanted = { ...before, applications: { ...before.applications, [name]: config.applications[name] } }
  if (!isDeepStrictEqual(config, wanted)) throw byHand
  return { text: after, config }
}
