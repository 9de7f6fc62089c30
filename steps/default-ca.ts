/**
 * The account's default (account-default): which CA do new databases of this account get in this Region, and which should they?
 *
 * 01 looks at: the CAs of the Region (rds:DescribeCertificates). Proven when the target is one that the Region lists.
 * 07 sends: ModifyCertificates with the target, once the account and Region were typed for exactly this request. It concerns new and restored
 * databases alone: no database that is there is touched, no client meets another certificate.
 * 08 looks at the same again: proven when AWS shows the target as the default.
 */
import type { CaRecord } from '../src/ports/control-plane.ts'
import type { Change } from '../src/rules/change.ts'
import { own, PROVEN, verdictOf, type Verdict } from '../src/rules/step.ts'
import { step } from './facts.ts'
import { receipt, receiptTells, receiptText, type Receipt } from './receipt.ts'
import { reader, z } from './shapes.ts'
import { day, reasonsOf } from './text.ts'

const facts = z.object({
  basis: z.object({ account: z.string(), region: z.string(), ca: z.string(), candidates: z.array(z.string()) }),
  detail: z.object({ at: z.number(), validTills: z.record(z.string(), z.number()) }),
})
export type DefaultCaFacts = z.infer<typeof facts>

const settledFacts = z.object({
  basis: z.object({ ca: z.string() }),
  detail: z.object({ at: z.number(), lookAgainAfter: z.number() }),
})
export type DefaultSetFacts = z.infer<typeof settledFacts>
export type SetDefaultFacts = Receipt

const text = {
  ...receiptText,
  'target-not-listed': {
    says: '{target} is not listed for this Region; listed: {listed}.',
    cure: 'Decide on one of those.',
  },
  'already-default': { says: 'New databases get {target} already.', cure: 'Nothing to do.' },
  'default-changed': {
    says: 'The default is {found} now and was {expected} when it was looked at: somebody changed it.',
    cure: 'Nothing was sent. Look at 01 again.',
  },
  'not-yet': { says: 'AWS still shows {ca} as the default.', cure: 'Wait: the runbook keeps looking.' },
  arrived: { says: 'AWS shows {ca} as the default.', cure: 'Nothing to do.' },
  'saw-default': { says: 'New databases of {account} in {region} get {ca}; listed: {listed}.', cure: '' },
  'saw-now': { says: 'The default is {ca}.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

const SOURCE = 'API: DescribeCertificates (DefaultCertificateForNewLaunches), ModifyCertificates'
const NONE = 'none'
const defaultOf = (cas: readonly CaRecord[]): string => cas.find(({ isDefault }) => isDefault)?.id ?? NONE

export const defaultCa = step({
  id: 'default-ca',
  version: 1,
  number: '01',
  on: 'database',
  title: 'See the default CA',
  why: 'Every new or restored database gets the account’s default. While it is the old CA, a fleet that was rotated grows old again.',
  source: SOURCE,
  needs: {},
  asks: ['target'],
  looksFirst: true,
  cheap: true,
  maxAge: 60 * 60_000,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, _about, _given, _decided, signal) {
    const [{ account }, cas] = await Promise.all([world.control.identity(signal), world.control.cas(signal)])
    return {
      basis: {
        account,
        region: world.control.region,
        ca: defaultOf(cas),
        candidates: cas.map(({ id }) => id).sort(),
      },
      detail: { at: world.now(), validTills: Object.fromEntries(cas.map(({ id, validTill }) => [id, validTill])) },
    }
  },

  tells: ({ basis: { account, region, ca, candidates } }) => [
    reason('saw-default', { account, region, ca, listed: candidates }),
  ],

  offers: ({ basis, detail }) => ({
    target: basis.candidates.map((ca) => ({
      value: { ca },
      label: `${ca} (root until ${day(detail.validTills[ca])})${ca === basis.ca ? ' — the present one' : ''}`,
      proposed: ca === basis.ca,
    })),
  }),

  judge: ({ basis: { candidates } }, _given, { target }) =>
    verdictOf(
      candidates.includes(target.ca)
        ? []
        : [short('target-not-listed', 'proof', { target: target.ca, listed: candidates })],
    ),
})

export const setDefault = step({
  id: 'set-default',
  version: 1,
  number: '07',
  on: 'database',
  title: 'Change the default CA',
  why: 'It concerns what is made from now on, in this account and Region alone. No database that is there changes.',
  source: SOURCE,
  needs: { now: own('default-ca') },
  asks: ['target'],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(receipt),

  applies: ({ now }, { target }) =>
    now?.basis.ca === target.ca ? reason('already-default', { target: target.ca }) : undefined,

  tells: receiptTells,

  judge: () => PROVEN,

  change: ({ subject }, { now }, { target }): Change => ({
    api: 'ModifyCertificates',
    world: subject.world,
    region: now.basis.region,
    resourceId: subject.id,
    input: { CertificateIdentifier: target.ca },
  }),

  async lastLook(world, _about, { now }, _decided, signal) {
    const found = defaultOf(await world.control.cas(signal))
    return found === now.basis.ca ? [] : [reason('default-changed', { found, expected: now.basis.ca })]
  },

  async arrived(world, _about, change, signal) {
    const ca = defaultOf(await world.control.cas(signal))
    return ca === change.input['CertificateIdentifier'] ? reason('arrived', { ca }) : undefined
  },
})

export const defaultSet = step({
  id: 'default-set',
  version: 1,
  number: '08',
  on: 'database',
  title: 'See that new databases get it',
  why: 'Only what AWS shows afterwards tells that it holds.',
  source: SOURCE,
  needs: { now: own('default-ca'), set: own('set-default') },
  asks: ['target'],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(settledFacts),

  applies: ({ now, set }, { target }) =>
    !set && now?.basis.ca === target.ca ? reason('already-default', { target: target.ca }) : undefined,

  look: async (world, _about, _given, _decided, signal) => ({
    basis: { ca: defaultOf(await world.control.cas(signal)) },
    detail: { at: world.now(), lookAgainAfter: world.pollEvery },
  }),

  tells: ({ basis: { ca } }) => [reason('saw-now', { ca })],

  judge: ({ basis: { ca }, detail }, _given, { target }): Verdict =>
    ca === target.ca
      ? PROVEN
      : { kind: 'waiting', reason: reason('not-yet', { ca }), lookAgainAt: detail.at + detail.lookAgainAfter },
})
