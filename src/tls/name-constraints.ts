import type { Certificate } from './certificate.ts'
import type { GeneralName } from './extensions.ts'

/**
 * RFC 5280, 4.2.1.10: what a CA may issue for. Amazon's roots have no such constraint, but a private CA in front may.
 * A kind of constraint that is not understood here forbids, as in OpenSSL.
 */

const lower = (bytes: Buffer): string => bytes.toString('latin1').toLowerCase()

const dnsWithin = (name: string, base: string): boolean =>
  base === '' || name === base || name.endsWith(base.startsWith('.') ? base : `.${base}`)

function ipWithin(address: Buffer, range: Buffer): boolean {
  if (range.length !== address.length * 2) return false
  return address.every(
    (byte, i) => (byte & (range[address.length + i] ?? 0)) === ((range[i] ?? 0) & (range[address.length + i] ?? 0)),
  )
}

function within(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'dns' && base.kind === 'dns') return dnsWithin(lower(name.bytes), lower(base.bytes))
  if (name.kind === 'ip' && base.kind === 'ip') return ipWithin(name.bytes, base.bytes)
  if (name.kind === 'directory' && base.kind === 'directory')
    return base.name.rdns.every((rdn, i) => name.name.rdns[i] === rdn)
  return false
}

/** Kinds that `within` can compare. Constraints on others count as violated when a name of that kind is there. */
const COMPARED = new Set(['dns', 'ip', 'directory'])

/** A common name counts as a DNS name where the leaf has no DNS name of its own and it looks like one. */
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i

function namesOf(certificate: Certificate, isLeaf: boolean): GeneralName[] {
  const alternative = certificate.extensions.alternativeNames ?? []
  const subject: GeneralName[] =
    certificate.subject.rdns.length > 0 ? [{ kind: 'directory', name: certificate.subject }] : []
  const common: GeneralName[] =
    isLeaf && !alternative.some(({ kind }) => kind === 'dns')
      ? certificate.subject.commonNames
          .filter((bytes) => HOST_NAME.test(bytes.toString('latin1')))
          .map((bytes) => ({ kind: 'dns', bytes }))
      : []
  return [...subject, ...alternative, ...common]
}

/** Whether a CA's constraints allow a certificate below it. */
export function permits(ca: Certificate, below: Certificate, isLeaf: boolean): boolean {
  const constraints = ca.extensions.nameConstraints
  if (!constraints) return true
  const { permitted, excluded } = constraints
  return namesOf(below, isLeaf).every((name) => {
    const allowed = permitted.filter(({ kind }) => kind === name.kind)
    const forbidden = excluded.filter(({ kind }) => kind === name.kind)
    if (!COMPARED.has(name.kind)) return allowed.length === 0 && forbidden.length === 0
    if (forbidden.some((base) => within(name, base))) return false
    return allowed.length === 0 || allowed.some((base) => within(name, base))
  })
}
