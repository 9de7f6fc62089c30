/** The one Region that the rehearsal simulates. Every other Region answers with empty lists. */
export const REGION = 'ap-northeast-1'

/** An account id that AWS never issues, so that evidence from a rehearsal can never count for a real account. */
export const DEFAULT_ACCOUNT = '000000000000'

/** A second account, which has no databases, for access keys that ask for it. AWS never issues this one either. */
export const EMPTY_ACCOUNT = '000000000001'

const ACCOUNTS: Readonly<Record<string, string>> = { AKIAREHEARSALEMPTY00: EMPTY_ACCOUNT }

/** The account behind an access key: any key that is not known is the default account. */
export const accountOf = (accessKey: string): string => ACCOUNTS[accessKey] ?? DEFAULT_ACCOUNT

/** `.example` is reserved and resolves nowhere (RFC 2606): endpoints are reached through `connect` alone. */
export const hostNameOf = (id: string): string => `${id}.c0rehearsal1.${REGION}.rds.example`

export const databaseArn = (id: string): string => `arn:aws:rds:${REGION}:${DEFAULT_ACCOUNT}:db:${id}`
