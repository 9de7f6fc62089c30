import { hash } from 'node:crypto'
import { PROBE_FILES, PROBE_KINDS, probeOf } from '../../people/probe/probe.ts'
import type { AskedProbe } from '../../people/message/message.ts'
import type { DeclaredApplication } from '../../ports/world.ts'
import type { Question } from '../../rules/asking.ts'

/** Where an application's store is, as it is declared, when a probe can read it where the application lives. */
export const storesDeclared = ({ trustStores }: DeclaredApplication): readonly string[] =>
  trustStores.flatMap((one) =>
    one.kind === 'pem' || one.kind === 'directory' || one.kind === 'jks' || one.kind === 'pkcs12' ? [one.path] : [],
  )

/** Characters, of up to four bytes: a name may have 255 bytes with what stands around it. */
const LONGEST = 48

/**
 * A name as every file system takes it, in whatever script it is written. Where more than spaces had to go, some of its digest tells it
 * from others: two owners' messages, and two applications' probes, must not come to lie in one file.
 */
export function fileName(name: string): string {
  const whole = name.normalize('NFC').trim().replace(/\s+/g, '-')
  const kept = whole
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+/, '')
    .slice(0, LONGEST)
  return kept !== '' && kept === whole ? kept : `${kept || 'unnamed'}-${hash('sha256', name, 'hex').slice(0, 8)}`
}

/** The probes of an application, one a language, as files. `apart`: tells two applications of one name apart. */
export const probesOf = (declared: DeclaredApplication, question: Question, apart = ''): readonly AskedProbe[] =>
  PROBE_KINDS.map((kind) => {
    const { ending, runs } = PROBE_FILES[kind]
    const file = `probe-${fileName(declared.name)}${apart}.${ending}`
    const stdin = kind === 'sh' ? `${runs} -s --` : `${runs} -`
    const { endpoints } = question
    const stores = storesDeclared(declared)
    // Where it is not declared, whoever knows puts it in place of this.
    const store = stores.length === 0 ? ' STORE' : ''
    return {
      kind,
      file,
      text: probeOf(kind, { application: declared.name, question, endpoints, stores }),
      run: `${runs} ${file}${store}`,
      piped: `kubectl exec -i deploy/NAME -- ${stdin}${store} < ${file}`,
    }
  })
