import type { Certificate, DBEngineVersion, Event } from '@aws-sdk/client-rds'
import type { CaRecord, EngineRecord, EventRecord } from '../ports/control-plane.ts'
import { notAnAnswer } from './cannot-ask.ts'

/**
 * One CA of DescribeCertificates. `defaultId` is the answer's DefaultCertificateForNewLaunches: the account's own choice, else the
 * Region's.
 */
export function caRecord(certificate: Certificate, defaultId: string | undefined): CaRecord {
  const { CertificateIdentifier: id, Thumbprint, ValidFrom, ValidTill, CustomerOverride } = certificate
  if (!id || !Thumbprint || !ValidFrom || !ValidTill) throw notAnAnswer('DescribeCertificates')
  return {
    id,
    thumbprint: Thumbprint.toLowerCase(),
    validFrom: ValidFrom.getTime(),
    validTill: ValidTill.getTime(),
    isDefault: defaultId === undefined ? CustomerOverride === true : id === defaultId,
  }
}

export const engineRecord = (version: DBEngineVersion): EngineRecord => ({
  supportedCas: version.SupportedCACertificateIdentifiers ?? [],
  rotatesWithoutRestart: version.SupportsCertificateRotationWithoutRestart,
})

/** Undefined for an event without a time or a text. */
export const eventRecord = ({ Date: at, Message: message }: Event): EventRecord | undefined =>
  at && message !== undefined ? { at: at.getTime(), message } : undefined
