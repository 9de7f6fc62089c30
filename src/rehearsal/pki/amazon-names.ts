import type { CaId } from '../data-plane.ts'
import type { KeyKind } from './keys.ts'

/** A distinguished name: one attribute after the other, in the order in which they stand in the certificate. */
export type DistinguishedName = readonly { readonly [attribute: string]: string }[]

/** How Amazon names, keys and dates the authorities of one CA identifier in one Region. */
export interface AuthorityShape {
  readonly root: DistinguishedName
  readonly subordinate: DistinguishedName
  readonly key: KeyKind
  readonly validFrom: Date
  readonly validTill: Date
}

const DAY = 86_400_000

/** How long the old CA of a new rehearsal has to live: the rotation is urgent, and nothing has broken yet. */
const OLD_CA_LIFE = 90 * DAY

/** The dates of Amazon's own us-east-1 roots. */
const G1_VALID_FROM = new Date('2021-05-25T22:34:57Z')
const G1_VALID_TILL = {
  RSA2048: '2061-05-25T23:34:57Z',
  RSA4096: '2121-05-25T23:34:57Z',
  ECC384: '2121-05-25T23:34:57Z',
}
const G1_KEYS = { RSA2048: 'rsa2048', RSA4096: 'rsa4096', ECC384: 'p384' } as const
const G1_IDS = { 'rds-ca-rsa2048-g1': 'RSA2048', 'rds-ca-rsa4096-g1': 'RSA4096', 'rds-ca-ecc384-g1': 'ECC384' } as const

/** The common name is not last: programs that take the last attribute for the name are wrong about Amazon's roots. */
const g1Name = (commonName: string): DistinguishedName => [
  { C: 'US' },
  { O: 'Amazon Web Services, Inc.' },
  { OU: 'Amazon RDS' },
  { ST: 'WA' },
  { CN: commonName },
  { L: 'Seattle' },
]

const name2019 = (commonName: string): DistinguishedName => [
  { C: 'US' },
  { L: 'Seattle' },
  { ST: 'Washington' },
  { O: 'Amazon Web Services, Inc.' },
  { OU: 'Amazon RDS' },
  { CN: commonName },
]

/** The one root of the generation of 2015, which ended in March 2020. */
export const retiredRoot = {
  name: [
    { C: 'US' },
    { ST: 'Washington' },
    { L: 'Seattle' },
    { O: 'Amazon Web Services, Inc.' },
    { OU: 'Amazon RDS' },
    { CN: 'Amazon RDS Root CA' },
  ],
  validFrom: new Date('2015-02-05T09:11:31Z'),
  validTill: new Date('2020-03-05T09:11:31Z'),
} as const

/** Certificates know whole seconds. */
export const wholeSeconds = (milliseconds: number): Date => new Date(Math.floor(milliseconds / 1000) * 1000)

/**
 * The generation of 2019 had one root for all commercial Regions, which names none. Its own dates ended in 2024; the rehearsal's begin
 * with Amazon's and end soon after `now`. `preview` names the root that Amazon's preview environment had beside it.
 */
function shape2019(region: string, now: Date, preview: boolean): AuthorityShape {
  const environment = preview ? 'Amazon RDS Preview' : 'Amazon RDS'
  return {
    root: name2019(`${environment} Root 2019 CA`),
    subordinate: name2019(`${environment} ${region} 2019 CA`),
    key: 'rsa2048',
    validFrom: new Date('2019-08-22T17:08:50Z'),
    validTill: wholeSeconds(now.getTime() + OLD_CA_LIFE),
  }
}

/**
 * The shape of a CA in a Region. `now` matters for the generation of 2019 alone, and `foreign` (an authority that is not the rehearsed
 * Region's own) too: its name must not be that of the real one.
 */
export function authorityShape(id: CaId, region: string, now: Date, foreign: boolean): AuthorityShape {
  if (id === 'rds-ca-2019') return shape2019(region, now, foreign)
  const algorithm = G1_IDS[id]
  return {
    root: g1Name(`Amazon RDS ${region} Root CA ${algorithm} G1`),
    subordinate: g1Name(`Amazon RDS ${region} Subordinate CA ${algorithm} G1.A.1`),
    key: G1_KEYS[algorithm],
    validFrom: G1_VALID_FROM,
    validTill: new Date(G1_VALID_TILL[algorithm]),
  }
}

/** A database's own certificate names its endpoint. */
export const leafName = (hostName: string): DistinguishedName => [
  { CN: hostName },
  { OU: 'RDS' },
  { O: 'Amazon.com' },
  { L: 'Seattle' },
  { ST: 'Washington' },
  { C: 'US' },
]
