import { basename } from 'node:path'
import type { TrustStoreSeen } from '../../ports/trust-stores.ts'
import type { Instant } from '../../rules/words.ts'
import type { ReadBundle } from '../bundled.ts'
import { duplicatesIn, list } from '../bundle-lint.ts'
import type { Certificate } from '../certificate.ts'
import { subjectHash } from '../distinguished-name.ts'
import { shortName } from '../describe.ts'
import { isSelfIssuedAnchor } from '../issuance.ts'
import { HASHED_NAME } from './files.ts'
import { SECURITY_BITS } from '../strength.ts'

type Finding = TrustStoreSeen['findings'][number]

const OTHERS_MAY_WRITE = 0o002
const GROUP_MAY_WRITE = 0o020

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

/** Whoever can write to a trust store decides whom the application believes. */
export function permissionFindings(path: string, mode: number): Finding[] {
  if (mode & OTHERS_MAY_WRITE)
    return [
      {
        code: 'writable-by-others',
        detail: `${path} may be written by everybody (${octal(mode)}): whoever does decides whom the application believes`,
      },
    ]
  if (mode & GROUP_MAY_WRITE)
    return [{ code: 'writable-by-group', detail: `${path} may be written by its group (${octal(mode)})` }]
  return []
}

/** What a person should know about the certificates of a store. */
export function contentFindings(
  { certificates, unreadable, truncated, hasPrivateKey }: ReadBundle,
  now: Instant,
): Finding[] {
  const duplicates = duplicatesIn(certificates)
  const distinct = certificates.filter((each) => !duplicates.includes(each))
  const authorities = distinct.filter(({ extensions }) => extensions.basicConstraints?.ca === true)
  const intermediates = authorities.filter((each) => !isSelfIssuedAnchor(each))
  const leaves = distinct.filter((each) => !authorities.includes(each))
  const expired = distinct.filter(({ notAfter }) => notAfter <= now)
  const future = distinct.filter(({ notBefore }) => notBefore > now)
  const weak = distinct.filter(({ key }) => key.bits < SECURITY_BITS)
  const some = (code: string, found: readonly Certificate[], one: string, many: string): Finding[] =>
    found.length > 0 ? [{ code, detail: `${found.length} ${found.length === 1 ? one : many}: ${list(found)}` }] : []
  return [
    ...(certificates.length === 0
      ? [{ code: 'empty', detail: 'there is not one certificate in it: a client with this store trusts nobody' }]
      : []),
    ...(unreadable > 0
      ? [
          {
            code: 'unparseable',
            detail: `${unreadable} ${unreadable === 1 ? 'certificate' : 'certificates'} in it cannot be read`,
          },
        ]
      : []),
    ...(truncated
      ? [{ code: 'truncated', detail: 'a certificate begins and does not end: the file was cut off' }]
      : []),
    ...some('duplicates', duplicates, 'is there twice', 'are there twice'),
    ...some(
      'intermediates',
      intermediates,
      'is an intermediate, which AWS replaces without notice',
      'are intermediates, which AWS replaces without notice',
    ),
    ...some(
      'leaves',
      leaves,
      'is a server certificate, which is replaced at every renewal',
      'are server certificates, which are replaced at every renewal',
    ),
    ...some('expired', expired, 'has expired', 'have expired'),
    ...some('not-yet-valid', future, 'is not valid yet', 'are not valid yet'),
    ...some(
      'weak-key',
      weak,
      'has a key that clients at security level 2 refuse',
      'have keys that clients at security level 2 refuse',
    ),
    ...onlyFirst(certificates),
    ...(hasPrivateKey
      ? [{ code: 'private-key', detail: 'there is a private key in it: it does not belong into a trust store' }]
      : []),
  ]
}

/** `keytool -import` and `openssl x509` take the first certificate of a bundle and say nothing of the others. */
function onlyFirst(certificates: readonly Certificate[]): Finding[] {
  const [only] = certificates
  if (!only || certificates.length > 1 || !isSelfIssuedAnchor(only) || !shortName(only).startsWith('Amazon RDS '))
    return []
  return [
    {
      code: 'only-first',
      detail: `"${shortName(only)}" is the only certificate in it: tools like keytool -import and openssl x509 take only the first of a bundle`,
    },
  ]
}

/** A file of a directory, and what is in it. */
export interface FileOfDirectory {
  readonly path: string
  readonly certificates: readonly Certificate[]
}

const hashIn = (path: string): string | undefined => HASHED_NAME.exec(basename(path))?.[1]

/** The certificates of a directory that OpenSSL finds there: by the hash of the subject, as the name of the file. */
export const reachableIn = (files: readonly FileOfDirectory[]): readonly Certificate[] =>
  files.flatMap(({ path, certificates }) => {
    const hash = hashIn(path)
    return hash === undefined ? [] : certificates.filter(({ subject }) => subjectHash(subject) === hash)
  })

/** What OpenSSL does not find of what lies in a directory. */
export function hashFindings(directory: string, files: readonly FileOfDirectory[]): Finding[] {
  const reachable = new Set(reachableIn(files).map(({ sha256 }) => sha256))
  const wrong = files.filter(({ path, certificates }) => {
    const hash = hashIn(path)
    return (
      hash !== undefined &&
      certificates.length > 0 &&
      certificates.every(({ subject }) => subjectHash(subject) !== hash)
    )
  })
  const lost = new Map(
    files.flatMap(({ certificates }) =>
      certificates.filter(({ sha256 }) => !reachable.has(sha256)).map((each) => [each.sha256, each] as const),
    ),
  )
  return [
    ...(wrong.length > 0
      ? [
          {
            code: 'wrong-hash',
            detail: `${wrong.length} files have the name of another subject's hash (${wrong
              .map(({ path }) => basename(path))
              .slice(0, 3)
              .join(', ')}): run openssl rehash ${directory}`,
          },
        ]
      : []),
    ...(lost.size > 0
      ? [
          {
            code: 'not-hashed',
            detail: `${lost.size} certificates do not count, because no file with the hash of their subject as its name holds them and OpenSSL does not find them: ${list([...lost.values()])}. Run openssl rehash ${directory}; for a client that reads every file, declare each with kind: pem`,
          },
        ]
      : []),
  ]
}
