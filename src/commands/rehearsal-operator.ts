import { copyFile, rename } from 'node:fs/promises'
import type { CredentialSource } from '../ports/sql.ts'
import type { RegionInfo } from '../rehearsal/region-info.ts'
import type { Remedy } from '../ui/session.ts'

/** The rehearsal's own throwaway log-ins, by endpoint. */
export const regionCredentials = ({ databases }: RegionInfo): CredentialSource => ({
  find: async ({ host, port }) => {
    const found = databases.find((one) => one.host === host && one.port === port)
    return found && { user: found.user, password: found.password, database: found.database }
  },
})

/** In a rehearsal the operator owns the applications too, and can put the bundle into a trust store that lacks a root. */
export const trustStoreRemedies = (): readonly Remedy[] => [
  {
    label: 'put the bundle into this trust store, as its owner would',
    cures: (step, { shortfall }) =>
      step === 'trust-stores' &&
      shortfall.code.endsWith('-root-missing') &&
      typeof shortfall.args['store'] === 'string',
    async run(desk, { shortfall, about }) {
      const bundle = desk.assess().steps.get('bundle')?.facts?.detail
      const file = bundle && 'file' in bundle && typeof bundle.file === 'string' ? bundle.file : undefined
      const store = String(shortfall.args['store'])
      if (!file) return 'there is no bundle yet: look at 03 first'
      // Beside it and renamed: the application re-reads its store at each connection, and must never find half of it.
      await copyFile(file, `${store}.new`)
      await rename(`${store}.new`, store)
      return `the trust store of ${about?.name ?? 'the application'} now holds the bundle (${store})`
    },
  },
]
