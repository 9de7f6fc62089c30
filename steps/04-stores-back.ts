/**
 * 04 Trust stores (rollback): does every application trust the root that the database goes back to?
 *
 * Looks at: each declared application's own trust stores, as 04 of a CA change does.
 * Proven when: each store of an application that verifies holds the previous root. The root that is served now is not asked for: a
 * rollback is what is done when somebody does not trust it.
 * When it does not hold: put the bundle into that store. An application that fails now loses nothing by going back: a named person says
 * so in one line.
 */
import { trustStores, type TrustStoreFacts } from './04-trust-stores.ts'
import { step } from './facts.ts'

export type StoresBackFacts = TrustStoreFacts

export const storesBack = step({
  ...trustStores,
  id: 'stores-back',
  title: 'Check that the previous root is trusted',
  why: 'Who took the old root out of a trust store fails when the database goes back to it. Only the previous root is asked for: somebody may not trust the one that is served now.',

  judge(saw, { identify, ...given }, decided, now, about) {
    const { thumbprint: _servedNow, ...basis } = identify.basis
    const verdict = trustStores.judge(saw, { ...given, identify: { ...identify, basis } }, decided, now, about)
    if (verdict.kind !== 'not-proven') return verdict
    const [first, ...more] = verdict.shortfalls.map((one) => ({ ...one, allows: 'attestation' as const }))
    return first ? { ...verdict, shortfalls: [first, ...more] } : verdict
  },
})
