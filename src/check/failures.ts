import { CHAIN_FAILURES } from './chain-failures.ts'
import { DATE_FAILURES, NAME_FAILURES } from './date-and-name-failures.ts'
import type { Text } from './failure-text.ts'
import { REACH_FAILURES } from './reach-failures.ts'

const ALL = { ...CHAIN_FAILURES, ...DATE_FAILURES, ...NAME_FAILURES, ...REACH_FAILURES }

export type FailureCode = keyof typeof ALL

/** Every failure that `check` can name. */
export const FAILURES: Readonly<Record<FailureCode, Text>> = ALL
