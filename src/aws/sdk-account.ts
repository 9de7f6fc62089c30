/** What we use of the account's own services, loaded when they are first asked. */
export { AccountClient, paginateListRegions } from '@aws-sdk/client-account'
export { IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam'
