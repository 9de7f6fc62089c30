import type { Identity } from './control-plane.ts'

/** What there is to know of an account before any of its Regions is looked into. Every method throws CannotAsk. */
export interface AccountPlane {
  identity(signal?: AbortSignal): Promise<Identity>
  /** The name that the account's owner gave it; undefined where there is none. */
  alias(signal?: AbortSignal): Promise<string | undefined>
  /** The Regions that are enabled in it. */
  regions(signal?: AbortSignal): Promise<readonly string[]>
}
