import type { Format } from '../../bundle/format.ts'
import { contentsIn, ofRegion, passwordProblem } from '../../bundle/formats.ts'
import { put } from '../../bundle/put.ts'
import { several, wrapped } from '../../bundle/text.ts'
import { asksFor, fileOf, output, type CommonFlags } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'
import { asked, demandRegion, demandSound, findingLines, readAsked, writtenBefore } from './shared.ts'

export interface WriteFlags extends CommonFlags {
  readonly format: Format
  readonly out: string
  readonly passwordFile?: string
  readonly force?: boolean
}

/** Java's convention. It keeps nothing secret: a trust store holds public certificates. */
const CHANGEIT = 'changeit'

function passwordOf({ format, passwordFile }: WriteFlags): string {
  if (passwordFile === undefined) return CHANGEIT
  if (format !== 'p12')
    throw new OperatorError(
      EXIT.usage,
      `--password-file is for --format p12: ${format} has no password. Nothing was written.`,
    )
  const password = fileOf('--password-file', passwordFile).replace(/\r?\n$/, '')
  const problem = passwordProblem(password)
  if (problem === undefined) return password
  throw new OperatorError(
    EXIT.usage,
    `The password in ${passwordFile} cannot be used: ${problem}. The file should hold it on one line. Nothing was written.`,
  )
}

const WHAT: Readonly<Record<Format, string>> = {
  pem: 'one PEM file',
  split: 'a directory with one PEM file each',
  p12: 'a PKCS#12 trust store',
  hashed: 'a directory hashed for OpenSSL',
}

/** What the reader wants to know next of each format. */
function next({ format, out, passwordFile }: WriteFlags): string {
  switch (format) {
    case 'pem':
      return `See it: rds-ca-runbook bundle show ${out}`
    case 'split':
      return 'For tools that take the first certificate of a file only, as keytool -importcert and openssl x509 do: give them the files one by one.'
    case 'p12':
      return `See it: keytool -list -keystore ${out} -storepass${passwordFile === undefined ? ` ${CHANGEIT}` : `:file ${passwordFile}`}. Java 8 reads it since 8u301.`
    case 'hashed':
      return `Use it: openssl verify -CApath ${out}, SSL_CERT_DIR=${out}, or --ssl-capath=${out}.`
  }
}

/** `bundle write FILE`: the bundle in the format that a client needs. */
export async function write(file: string, flags: WriteFlags): Promise<ExitCode> {
  demandRegion(flags.region)
  const password = passwordOf(flags)
  const bundle = await readAsked(file, flags.region)
  demandSound(bundle)
  const { region, format, out } = flags
  const outcome = await asked(
    (async () => {
      const certificates = region === undefined ? bundle.certificates : ofRegion(bundle.certificates, region)
      const contents = contentsIn(format, certificates, password)
      const done = await put(out, contents, { force: flags.force === true, written: writtenBefore(flags) })
      return { done, count: certificates.length }
    })(),
  )
  if (asksFor(flags) === 'json') {
    output.json({ out, format, certificates: outcome.count, outcome: outcome.done, findings: bundle.findings })
    return EXIT.done
  }
  const of = region === undefined ? '' : ` of ${region}`
  const verb = { written: 'Wrote', replaced: 'Replaced', unchanged: 'As it was:' }[outcome.done]
  output.line(`${verb} ${out}`)
  for (const line of [
    ...wrapped(`${several(outcome.count, 'certificate')}${of}, ${WHAT[format]}.`, '  '),
    ...wrapped(next(flags), '  '),
    ...(region === undefined ? findingLines(bundle.findings) : []),
  ])
    output.line(line)
  return EXIT.done
}
