import type { RDSClientConfig } from '@aws-sdk/client-rds'

/**
 * The SDK would print warnings to the console, over the operator's screen. What matters of them comes as errors. It has no `info`: where
 * there is one, the SDK (3.1169) copies each whole answer for it, which costs a tenth of reading a fleet.
 */
export const SILENT = { trace() {}, debug() {}, warn() {}, error() {} } as NonNullable<RDSClientConfig['logger']>
