import type { Action } from '../action.ts'
import { page } from '../paging.ts'
import { certificateNotFound } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

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
  return {
    result: {
      DefaultCertificateForNewLaunches: sight.cas.length > 0 ? DEFAULT_CA : undefined,
      Certificates: new XmlList(
        'Certificate',
        items.map((ca) => ({
          CertificateIdentifier: ca.id,
          CertificateType: 'CA',
          Thumbprint: ca.thumbprint,
          ValidFrom: ca.validFrom,
          ValidTill: ca.validTill,
          CertificateArn: `arn:aws:rds:${call.region}::cert:${ca.id}`,
          CustomerOverride: false,
        })),
      ),
      Marker: marker,
    },
  }
}
