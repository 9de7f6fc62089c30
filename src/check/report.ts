import type { CertificateSeen, HandshakesSpent } from '../ports/wire.ts'
import type { Checked, Target, Waits } from './checked.ts'
import { commonName, diagnose, ENGINES, type Failure } from './diagnose.ts'
import { basisOf, modeTable } from './mode-table.ts'
import { modeLines } from './mode-lines.ts'
import { rdsCaOf, rdsCaText } from './rds-ca.ts'
import { utc } from './utc.ts'
import { verdictOf } from './verdict.ts'
import { waitLines } from './wait-lines.ts'
import { labelled, wrap } from './wrap.ts'

const COLUMN = 18

/** One failure on screen: what happened, what it means for a rotation, what to do next. */
export function failureLines(failure: Failure, width: number): readonly string[] {
  return [
    ...wrap(failure.happened, width, '  '),
    ...labelled('  For a rotation:', failure.means, width, COLUMN + 1),
    ...labelled('  Next:', failure.next, width, COLUMN + 1),
  ]
}

function targetLines({ engine, host, port, name, address, direct }: Target, width: number): readonly string[] {
  const through = address === undefined ? '' : `, reached at ${address}`
  const named = name === host ? '' : `, under the name ${name}`
  return wrap(`${host}:${port} (${ENGINES[engine]}${direct ? ', direct TLS' : ''})${through}${named}`, width)
}

function verdictLines(checked: Checked, width: number): readonly string[] {
  const verdict = verdictOf(checked)
  switch (verdict.kind) {
    case 'strict':
      return wrap('STRICTLY VERIFIED: verify-full passes for every client, with this store and under this name.', width)
    case 'some':
      return wrap(`NOT PROVEN: verify-full passes only for ${verdict.clients.join(' and ')}.`, width)
    case 'not-proven':
      return wrap('NOT PROVEN: a strictly verifying client refuses this server.', width)
  }
}

function checkLines(checked: Checked, failures: readonly Failure[], width: number): readonly string[] {
  const { proof } = checked
  const one = (label: string, check: 'chain' | 'dates' | 'name', passed: boolean): readonly string[] => {
    const concerned = [
      ...new Set(failures.filter((each) => each.check === check).map(({ certificate }) => certificate)),
    ]
    const about = concerned.filter((each) => each !== undefined).join(', ')
    return labelled(`  ${label}`, passed ? 'passed' : `FAILED${about ? `: ${about}` : ''}`, width, COLUMN)
  }
  return [
    'Checks',
    ...one('signature chain', 'chain', proof.chain.passed),
    ...one('validity dates', 'dates', proof.dates.passed),
    ...one('host name', 'name', proof.name.passed),
  ]
}

const rootText = (root: CertificateSeen): string => {
  const ca = rdsCaOf(root.subject)
  return ca ? `${commonName(root)} (${rdsCaText(ca)})` : `${commonName(root)} (none of RDS’s own)`
}

function chainLines({ proof }: Checked, width: number): readonly string[] {
  return [
    'Served chain',
    ...proof.served.flatMap((certificate, index) => [
      ...wrap(`${index}: ${commonName(certificate)}`, width, '  '),
      ...wrap(`${certificate.key}, until ${utc(certificate.notAfter)}`, width, '     '),
    ]),
  ]
}

function rootLines({ proof, store }: Checked, width: number): readonly string[] {
  const { root, served } = proof
  const [leaf] = served
  return [
    'Root',
    ...(root
      ? [
          ...labelled('  name', rootText(root), width, COLUMN),
          `  SHA-1           ${root.sha1}`,
          '  SHA-256',
          `    ${root.sha256}`,
          ...labelled('  expires', utc(root.notAfter), width, COLUMN),
        ]
      : ['  none: the chain ends at no trusted root']),
    ...(leaf ? labelled('  leaf expires', utc(leaf.notAfter), width, COLUMN) : []),
    ...labelled(
      '  trusted',
      `${store.certificates.length} ${store.certificates.length === 1 ? 'certificate' : 'certificates'} of ${store.location}`,
      width,
      COLUMN,
    ),
    ...store.notes.flatMap((note) => labelled('  note', note, width, COLUMN)),
  ]
}

const CONTROL = { refused: 'refused, as it must be', passed: 'PASSED, which it must not' } as const

function connectionLines({ proof }: Checked): readonly string[] {
  return [
    'Connection',
    `  TLS             ${proof.protocol}, ${proof.cipher}, ${proof.ms.toFixed(0)} ms`,
    'Controls',
    `  without root    ${CONTROL[proof.controls.withoutServedRoot]}`,
    `  wrong name      ${CONTROL[proof.controls.wrongName]}`,
  ]
}

/** Said of every look at a MySQL wire. */
const MANNERS =
  'This was one anonymous handshake. MySQL counts each towards max_connect_errors until somebody logs in from here.'

const mannersText = (handshakes: HandshakesSpent | undefined): string =>
  handshakes ? `${MANNERS} Within an hour: ${handshakes.spent} of ${handshakes.allowed}.` : MANNERS

/** The whole report, in lines no wider than `width` (a single word that is longer stays whole). Pure. */
export function report(checked: Checked, width: number): readonly string[] {
  const failures = diagnose(checked)
  return [
    ...targetLines(checked.target, width),
    ...(checked.waits ? waitLines(checked.waits, checked.proof.at, width) : []),
    ...verdictLines(checked, width),
    ...failures.flatMap((failure) => ['', ...failureLines(failure, width)]),
    '',
    ...checkLines(checked, failures, width),
    '',
    ...chainLines(checked, width),
    '',
    ...rootLines(checked, width),
    '',
    ...connectionLines(checked),
    '',
    ...wrap(`What clients do here, with ${checked.store.location} as their CA file or trust store`, width),
    ...modeLines(modeTable(basisOf(checked)), width),
    ...(checked.target.engine === 'mysql' && !checked.waits
      ? ['', ...wrap(mannersText(checked.handshakes), width)]
      : []),
  ]
}

/** The report of a check that came to no handshake. Pure. */
export const unreachedReport = (target: Target, failure: Failure, width: number): readonly string[] => [
  ...targetLines(target, width),
  'NOT REACHED: there was no handshake to judge.',
  '',
  ...failureLines(failure, width),
]

/** The report of a check that had to wait, and has no captured chain to judge. Pure. */
export const waitingReport = (target: Target, waits: Waits, width: number): readonly string[] => [
  ...targetLines(target, width),
  ...waitLines(waits, undefined, width),
]
