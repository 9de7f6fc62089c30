import type { World } from '../src/ports/world.ts'
import { stepsOf } from '../src/rules/step.ts'
import type { IdentifyFacts } from './01-identify.ts'
import type { CensusFacts } from './02-census.ts'
import type { BundleFacts } from './03-bundle.ts'
import type { TrustStoreFacts } from './04-trust-stores.ts'
import type { StagingFacts } from './05-staging.ts'
import type { OwnEndpointFacts } from './05-own-endpoint.ts'
import type { OfferFacts } from './06-offer.ts'
import type { PreflightFacts } from './06-preflight.ts'
import type { CancelFacts } from './07-cancel.ts'
import type { ModifyFacts } from './07-modify.ts'
import type { RenewFacts } from './07-renew.ts'
import type { CancelledFacts } from './08-cancelled.ts'
import type { RenewedFacts } from './08-renewed.ts'
import type { SettleFacts } from './08-settle.ts'
import type { ExpiredFacts } from './01-expired.ts'
import type { StoresBackFacts } from './04-stores-back.ts'
import type { DefaultCaFacts, DefaultSetFacts, SetDefaultFacts } from './default-ca.ts'
import type { VerifyFacts } from './09-verify.ts'
import type { VerifyLeafFacts } from './09-verify-leaf.ts'
import type { CloseOutFacts } from './10-close-out.ts'

/** The facts of each step. Steps name each other by id, never by import, so the circle 05 → 09 → 08 → 07 → 05 is harmless. */
export interface Facts {
  identify: IdentifyFacts
  census: CensusFacts
  bundle: BundleFacts
  'trust-stores': TrustStoreFacts
  staging: StagingFacts
  preflight: PreflightFacts
  modify: ModifyFacts
  settle: SettleFacts
  verify: VerifyFacts
  'close-out': CloseOutFacts
  // Leaf renewal goes other ways at 05 and from 07 to 09.
  'own-endpoint': OwnEndpointFacts
  offer: OfferFacts
  renew: RenewFacts
  renewed: RenewedFacts
  'verify-leaf': VerifyLeafFacts
  // A rollback asks for the previous root alone; an outage for what has expired.
  'stores-back': StoresBackFacts
  expired: ExpiredFacts
  // The default CA of an account in a Region.
  'default-ca': DefaultCaFacts
  'set-default': SetDefaultFacts
  'default-set': DefaultSetFacts
  // Cancellation is short.
  cancel: CancelFacts
  cancelled: CancelledFacts
}

export const step = stepsOf<Facts, World>()
