import { copyFile, readFile, rename } from 'node:fs/promises'
import { EMPTY_CONFIG, type Config } from '../config/schema.ts'
import type { CredentialSource } from '../ports/sql.ts'
import type { RegionInfo } from '../rehearsal/region-info.ts'
import type { Shortfall } from '../rules/evidence.ts'
import type { Desk } from '../runner/desk.ts'
import type { Remedy } from '../ui/session.ts'

/** The rehearsal's own throwaway log-ins, by endpoint. */
export const regionCredentials = ({ databases }: RegionInfo): CredentialSource => ({
  find: async ({ host, port }) => {
    const found = databases.find((one) => one.host === host && one.port === port)
    return found && { user: found.user, password: found.password, database: found.database }
  },
})

/** The steps that run an application's own check. */
const CHECKING: ReadonlySet<string> = new Set(['own-endpoint', 'staging', 'verify', 'verify-leaf'])

/**
 * In a rehearsal the operator owns the applications too, and can put the bundle into a trust store that lacks a root, or whose application
 * fails by now. `config`: the rehearsal's, which says where each application's store is.
 */
export const trustStoreRemedies = (config: Config = EMPTY_CONFIG): readonly Remedy[] => [
  {
    label: 'put the bundle into this trust store, as its owner would',
    cures: (step, { shortfall }) =>
      step === 'trust-stores' &&
      shortfall.code.endsWith('-root-missing') &&
      typeof shortfall.args['store'] === 'string',
    run: (desk, { shortfall, about }) => putBundle(desk, String(shortfall.args['store']), about?.name),
  },
  {
    label: 'put the bundle into the trust store of the application that fails, as its owner would',
    cures: (step, { shortfall }) =>
      CHECKING.has(step) &&
      shortfall.code === 'check-failed' &&
      storeOf(config, applicationOf(shortfall)) !== undefined,
    // It may fail for another reason: whoever plays the operator leaves that to a person.
    typed: ({ shortfall }) => applicationOf(shortfall),
    async run(desk, { shortfall }) {
      const name = applicationOf(shortfall)
      const store = storeOf(config, name)
      return store === undefined ? `it is not declared where ${name} has its store` : putBundle(desk, store, name)
    },
  },
]

const applicationOf = ({ args }: Shortfall): string => String(args['application'])

/** The PEM file that an application of the rehearsal loads. */
const storeOf = ({ applications }: Config, name: string): string | undefined =>
  applications[name]?.trustStores.flatMap((store) => (store.kind === 'pem' ? [store.path] : []))[0]

/** Puts the bundle of 03 in a store's place; resolves to what was done, in words. */
async function putBundle(desk: Desk, store: string, application = 'the application'): Promise<string> {
  const bundle = desk.assess().steps.get('bundle')?.facts?.detail
  const file = bundle && 'file' in bundle && typeof bundle.file === 'string' ? bundle.file : undefined
  if (!file) return 'there is no bundle yet: look at 03 first'
  if ((await readFile(file)).equals(await readFile(store)))
    return `the trust store of ${application} holds the bundle already (${store}): it fails for another reason`
  // Beside it and renamed: the application re-reads its store at each connection, and must never find half of it.
  await copyFile(file, `${store}.new`)
  await rename(`${store}.new`, store)
  return `the trust store of ${application} now holds the bundle (${store})`
}
