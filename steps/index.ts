/** The runbook: the steps in the order in which an operator meets them, and the sequences. */
import type { World } from '../src/ports/world.ts'
import { forgetFacts, type PlainRunbook } from '../src/rules/step.ts'
import { identify } from './01-identify.ts'
import { expired } from './01-expired.ts'
import { census } from './02-census.ts'
import { bundle } from './03-bundle.ts'
import { trustStores } from './04-trust-stores.ts'
import { storesBack } from './04-stores-back.ts'
import { staging } from './05-staging.ts'
import { ownEndpoint } from './05-own-endpoint.ts'
import { offer } from './06-offer.ts'
import { preflight } from './06-preflight.ts'
import { cancel } from './07-cancel.ts'
import { modify } from './07-modify.ts'
import { renew } from './07-renew.ts'
import { cancelled } from './08-cancelled.ts'
import { renewed } from './08-renewed.ts'
import { settle } from './08-settle.ts'
import { verify } from './09-verify.ts'
import { verifyLeaf } from './09-verify-leaf.ts'
import { defaultCa, defaultSet, setDefault } from './default-ca.ts'
import { closeOut } from './10-close-out.ts'
import type { Facts } from './facts.ts'

export const runbook: PlainRunbook<World> = forgetFacts<Facts, World>({
  steps: {
    identify,
    census,
    bundle,
    'trust-stores': trustStores,
    staging,
    preflight,
    modify,
    settle,
    verify,
    'close-out': closeOut,
    'own-endpoint': ownEndpoint,
    offer,
    renew,
    renewed,
    'verify-leaf': verifyLeaf,
    cancel,
    cancelled,
    expired,
    'stores-back': storesBack,
    'default-ca': defaultCa,
    'set-default': setDefault,
    'default-set': defaultSet,
  },
  sequences: {
    'ca-change': [
      'identify',
      'census',
      'bundle',
      'trust-stores',
      'staging',
      'preflight',
      'modify',
      'settle',
      'verify',
      'close-out',
    ],
    'leaf-renewal': [
      'identify',
      'census',
      'bundle',
      'trust-stores',
      'own-endpoint',
      'preflight',
      'offer',
      'renew',
      'renewed',
      'verify-leaf',
      'close-out',
    ],
    'account-default': ['default-ca', 'set-default', 'default-set'],
    cancellation: ['identify', 'cancel', 'cancelled'],
    rollback: ['identify', 'bundle', 'stores-back', 'preflight', 'modify', 'settle', 'verify', 'close-out'],
    outage: [
      'identify',
      'expired',
      'census',
      'bundle',
      'trust-stores',
      'staging',
      'preflight',
      'modify',
      'settle',
      'verify',
      'close-out',
    ],
  },
  // Production is whatever is not declared otherwise; nobody is accounted for until somebody is; the operator is there, and watches.
  defaults: { environment: 'production', clients: [], timing: 'now' },
})
