import type { RehearsedCa } from '../../data-plane.ts'
import { partitionOf } from '../../world.ts'
import type { Action, Sight } from '../action.ts'
import { flag, required } from '../call.ts'
import { page } from '../paging.ts'
import { certificateNotFound, invalidCombination } from '../wire-error.ts'
import { XmlList, type Xml } from '../xml.ts'

/** AWS's default for new databases since 2024. */
const DEFAULT_CA = 'rds-ca-rsa2048-g1'

/**
 * DescribeCertificates. A retired CA is not listed, and asking for it by name fails with `CertificateNotFound`, as one
 * that never was. Filters do nothing: AWS does not support any here, and accepts them all the same.
 */
export const describeCertificates: Action = (call, sight) => {
  const id = call.parameters['CertificateIdentifier']
  const asked = id === undefined ? sight.cas : sight.cas.filter((ca) => ca.id === id)
  if (id !== undefined && asked.length === 0) throw certificateNotFound(id)
  const { items, marker } = page(call, asked, (ca) => ca.id)
  const override = overrideIn(sight)
  return {
    result: {
      DefaultCertificateForNewLaunches: sight.cas.length > 0 ? (override ?? DEFAULT_CA) : undefined,
      Certificates: new XmlList(
        'Certificate',
        items.map((ca) => certificateRecord(ca, sight, override)),
      ),
      Marker: marker,
    },
  }
}

/** ModifyCertificates: the account's own default CA for new databases in this Region, or AWS's again. */
export const modifyCertificates: Action = (call, sight) => {
  const { place } = sight
  const removes = flag(call, 'RemoveCustomerOverride') === true
  const named = call.parameters['CertificateIdentifier']
  if (removes && named !== undefined)
    throw invalidCombination('You can only specify CertificateIdentifier or RemoveCustomerOverride.')
  const id = removes ? (overrideIn(sight) ?? DEFAULT_CA) : required(call, 'CertificateIdentifier')
  const ca = sight.cas.find((one) => one.id === id)
  if (!ca) throw certificateNotFound(id)
  return {
    result: { Certificate: certificateRecord(ca, sight, removes ? undefined : ca.id) },
    effect: { defaultCa: { ...place, ...(!removes && { ca: ca.id }) } },
  }
}

const overrideIn = ({ place, world }: Sight): string | undefined =>
  world.defaultCas.find(({ account, region }) => account === place.account && region === place.region)?.ca

function certificateRecord(ca: RehearsedCa, { place }: Sight, override: string | undefined): Record<string, Xml> {
  const overrides = ca.id === override
  return {
    CertificateIdentifier: ca.id,
    CertificateType: 'CA',
    Thumbprint: ca.thumbprint,
    ValidFrom: ca.validFrom,
    ValidTill: ca.validTill,
    CertificateArn: `arn:${partitionOf(place.region)}:rds:${place.region}::cert:${ca.id}`,
    CustomerOverride: overrides,
    CustomerOverrideValidTill: overrides ? ca.validTill : undefined,
  }
}
