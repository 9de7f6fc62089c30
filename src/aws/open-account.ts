import type { AccountPlane } from '../ports/account.ts'
import type { AwsOptions } from './aws-options.ts'
import { identityOf } from './identity.ts'
import { Questions } from './questions.ts'

/** Regions that have not been switched off: those that are always there, and those that somebody enabled. */
const ENABLED = ['ENABLED', 'ENABLED_BY_DEFAULT'] as const

/** The account behind these credentials, through the AWS SDK, which is loaded by the first question. */
export function openAccount(options: AwsOptions): AccountPlane {
  const questions = new Questions(options)
  return {
    identity: (signal) => identityOf(questions, signal),
    async alias(signal) {
      const { AccountAliases } = await questions.ask('ListAccountAliases', signal, async (_sdk, clients, http) => {
        const { IAMClient, ListAccountAliasesCommand } = await import('./sdk-account.ts')
        return new IAMClient(clients.options).send(new ListAccountAliasesCommand({}), http)
      })
      // AWS allows an account one alias.
      return AccountAliases?.[0]
    },
    async regions(signal) {
      const answers = await questions.all('ListRegions', signal, async (_sdk, clients, http) => {
        const { AccountClient, paginateListRegions } = await import('./sdk-account.ts')
        return paginateListRegions(
          { client: new AccountClient(clients.options) },
          { RegionOptStatusContains: [...ENABLED] },
          http,
        )
      })
      return answers.flatMap(({ Regions }) =>
        (Regions ?? []).flatMap(({ RegionName }) => (RegionName === undefined ? [] : [RegionName])),
      )
    },
  }
}
