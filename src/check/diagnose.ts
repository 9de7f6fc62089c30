import type { CannotReach, CertificateSeen } from '../ports/wire.ts'
import { CHAIN_FAILURES } from './chain-failures.ts'
import type { Checked, Target } from './checked.ts'
import { endpointKind } from './endpoint-kind.ts'
import { FAILURES, type FailureCode } from './failures.ts'
import type { FailureText } from './failure-text.ts'
import { isAmazonPublic, rdsCaOf, rdsCaText } from './rds-ca.ts'
import { reachCode } from './reach-code.ts'
import { utc } from './utc.ts'

/** One failure: which it is, which check found it, and what an operator is told. */
export interface Failure extends FailureText {
  readonly code: FailureCode
  readonly check: 'chain' | 'dates' | 'name' | 'controls' | 'reach'
  /** The certificate concerned. */
  readonly certificate?: string
}

interface Fault {
  readonly code: FailureCode
  readonly detail: string
  readonly certificate: string
}

export const ENGINES = { postgres: 'PostgreSQL', mysql: 'MySQL' } as const

export const commonName = ({ subject }: CertificateSeen): string => /(?:^|, )CN=([^,]+)/.exec(subject)?.[1] ?? subject

/** The names in a certificate, without their kinds. A certificate for a whole fleet is cut short. */
function namesOf(leaf: CertificateSeen | undefined): string {
  if (!leaf) return 'nothing'
  const names = leaf.names.map((name) => name.replace(/^(?:DNS|IP):/, ''))
  if (names.length === 0) return commonName(leaf)
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')
}

/** What the served chain calls itself: the highest certificate that names one of RDS's CAs. */
const claimedCa = ({ proof }: Checked) =>
  [...proof.served]
    .reverse()
    .map(({ subject, issuer }) => rdsCaOf(issuer) ?? rdsCaOf(subject))
    .find((ca) => ca !== undefined)

const wordsFor = ({ host, port, name, engine }: Target, detail: string) => ({
  endpoint: `${host}:${port}`,
  name,
  engine: ENGINES[engine],
  // The report says above which endpoint it is about.
  detail: detail.startsWith(`${host}:${port}: `) ? detail.slice(`${host}:${port}: `.length) : detail,
  store: '',
  ca: '',
  held: '',
  serves: '',
})

/** What the store has for a Region, where that helps: the wrong Region and the wrong CA are different mistakes. */
function heldFor({ store }: Checked, region: string | undefined): string {
  const cas = store.certificates.map(({ subject }) => rdsCaOf(subject)).filter((ca) => ca !== undefined && !ca.preview)
  const regions = [...new Set(cas.map((ca) => ca?.region).filter((each) => each !== undefined))]
  if (regions.length === 0) return 'which holds no root of RDS'
  const here = cas.filter((ca) => region !== undefined && ca?.region === region).map((ca) => ca?.id ?? '')
  if (here.length > 0) return `which holds ${[...new Set(here)].join(', ')} of that Region`
  return regions.length > 3 ? `which holds ${regions.length} other Regions` : `which holds ${regions.join(', ')}`
}

function chainCode(checked: Checked, code: string): FailureCode {
  if (checked.store.certificates.length === 0) return 'empty-store'
  if (code === 'unknown-root' || code === 'missing-intermediate') {
    const names = checked.proof.served.flatMap(({ subject, issuer }) => [subject, issuer])
    if (names.some((name) => isAmazonPublic(name)) && claimedCa(checked) === undefined) return 'rds-proxy'
  }
  if (code === 'unknown-root' && claimedCa(checked)) return 'unknown-rds-root'
  return code in CHAIN_FAILURES ? (code as FailureCode) : 'judges-disagree'
}

/** Each certificate of the path (else of what was served) whose dates fail, by its place; one of a kind. */
function dateFaults({ path, proof }: Checked): readonly Fault[] {
  const certificates = path ?? proof.served
  const faults = certificates.flatMap((certificate, index): Fault[] => {
    const { notBefore, notAfter } = certificate
    if (notBefore <= proof.at && notAfter > proof.at) return []
    const role = index === 0 ? 'leaf' : path && index === path.length - 1 ? 'root' : 'intermediate'
    const name = commonName(certificate)
    const detail =
      notBefore > proof.at
        ? `the ${role} "${name}" is not valid before ${utc(notBefore)}`
        : `the ${role} "${name}" expired on ${utc(notAfter)}`
    return [{ code: notBefore > proof.at ? 'not-yet-valid' : `expired-${role}`, detail, certificate: name }]
  })
  return faults.filter(({ code }, index) => faults.findIndex((one) => one.code === code) === index)
}

/** Endpoints of one account and Region differ in their first label alone. */
const domainOf = (name: string): string => name.toLowerCase().replace(/\.$/, '').split('.').slice(1).join('.')

/** Whether a certificate whose chain is good is for a neighbour of the name that was asked for. */
const isNeighbours = ({ proof, target }: Checked): boolean =>
  proof.chain.passed &&
  domainOf(target.name).split('.').length > 2 &&
  (proof.served[0]?.names ?? []).some(
    (name) => !name.includes('*') && domainOf(name.slice(4)) === domainOf(target.name),
  )

function nameCode(checked: Checked, code: string): FailureCode {
  const { target, proof, names } = checked
  const [leaf] = proof.served
  const asked = endpointKind(target.name)
  if (code === 'name-rules-differ' && (names.libpq || names.openssl || names.node)) return 'name-rules-differ'
  const servesRds = (leaf?.names ?? []).some((name) => endpointKind(name.replace(/^DNS:/, '')).kind === 'rds')
  if (asked.kind === 'load-balancer') return 'load-balancer'
  if ((asked.kind === 'rds' && servesRds) || isNeighbours(checked)) return 'other-database'
  if (!servesRds) return 'wrong-name'
  return asked.kind === 'local' || asked.kind === 'address' ? 'tunnel' : 'cname'
}

function passedControls({ proof: { controls } }: Checked): string {
  const passed = [
    ...(controls.withoutServedRoot === 'passed' ? ['the chain was accepted without its root'] : []),
    ...(controls.wrongName === 'passed' ? ['the certificate was accepted under a wrong name'] : []),
  ]
  return passed.join(', and ')
}

/** Why a check failed: one failure for each thing that is wrong, signatures first. Empty for a strict proof. Pure. */
export function diagnose(checked: Checked): readonly Failure[] {
  const { target, store, proof } = checked
  const ca = claimedCa(checked)
  const failure = (check: Failure['check'], code: FailureCode, detail: string, certificate?: string): Failure => ({
    code,
    check,
    ...FAILURES[code]({
      ...wordsFor(target, detail),
      store: store.location,
      ca: ca ? rdsCaText(ca) : '',
      held: heldFor(checked, ca?.region),
      serves: namesOf(proof.served[0]),
    }),
    ...(certificate !== undefined && { certificate }),
  })
  const { chain, dates, name, controls } = proof
  const controlsHold = controls.withoutServedRoot === 'refused' && controls.wrongName === 'refused'
  return [
    ...(chain.passed ? [] : [failure('chain', chainCode(checked, chain.code), chain.detail, chain.certificate)]),
    ...(dates.passed
      ? []
      : dateFaults(checked).map((fault) => failure('dates', fault.code, fault.detail, fault.certificate))),
    ...(name.passed ? [] : [failure('name', nameCode(checked, name.code), name.detail, name.certificate)]),
    ...(controlsHold ? [] : [failure('controls', 'control-passed', passedControls(checked))]),
  ]
}

/** Why there was nothing to judge. Pure. */
export function diagnoseUnreached(target: Target, error: CannotReach): Failure {
  const isLoadBalancer = [target.name, target.host].some((name) => endpointKind(name).kind === 'load-balancer')
  const code = reachCode(error, { isLoadBalancer, direct: target.direct === true })
  return { code, check: 'reach', ...FAILURES[code](wordsFor(target, error.message)) }
}
