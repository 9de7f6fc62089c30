import { parseAllDocuments } from 'yaml'
import { CannotReadStore, type TrustStoreLocation } from '../../ports/trust-stores.ts'
import { foreignFormat } from './foreign-format.ts'
import { malformed, type StoreBytes } from './read-store.ts'

/** Which value of which object of a manifest is the store. What is left out must leave one candidate. */
export type ManifestQuestion = Pick<Extract<TrustStoreLocation, { kind: 'kubernetes' }>, 'name' | 'namespace' | 'key'>

interface Candidate {
  /** `Secret orders/db-ca, ca.crt` */
  readonly place: string
  readonly key: string
  readonly bytes: Buffer
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The documents of a manifest, and the members of its lists. */
function objectsIn({ location, bytes }: StoreBytes): readonly Readonly<Record<string, unknown>>[] {
  const documents = parseAllDocuments(bytes.toString('utf8'), { logLevel: 'silent' })
  const all = 'empty' in documents ? [] : documents
  const values = all.map((document): unknown => {
    const [error] = document.errors
    if (error)
      throw malformed(
        location,
        `it is no YAML or JSON: ${error.message.split('\n', 1)[0] ?? ''} A template has to be rendered first`,
      )
    try {
      return document.toJS({ maxAliasCount: 100 })
    } catch (error_) {
      throw malformed(location, 'it cannot be read as a manifest', { cause: error_ })
    }
  })
  return values.filter(isObject).flatMap((value) => {
    const { kind, items } = value
    return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items.filter(isObject) : [value]
  })
}

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

/** What a member of `data` or the like stands for; `plain`: it is text as it is. */
function valuesOf(location: string, place: string, members: unknown, plain: boolean): Candidate[] {
  if (!isObject(members)) return []
  return Object.entries(members).flatMap(([key, value]) => {
    if (typeof value !== 'string') return []
    const where = `${place}, ${key}`
    if (plain) return [{ place: where, key, bytes: Buffer.from(value, 'utf8') }]
    if (!BASE64.test(value)) throw malformed(location, `${where} is not base64`)
    return [{ place: where, key, bytes: Buffer.from(value, 'base64') }]
  })
}

function candidatesOf(
  location: string,
  object: Readonly<Record<string, unknown>>,
  question: ManifestQuestion,
): Candidate[] {
  const { kind, metadata, data, stringData, binaryData } = object
  const { name, namespace } = isObject(metadata) ? metadata : {}
  if (question.name !== undefined && name !== question.name) return []
  if (question.namespace !== undefined && namespace !== question.namespace) return []
  const prefix = typeof namespace === 'string' ? `${namespace}/` : ''
  const place = `${String(kind)} ${prefix}${typeof name === 'string' ? name : '(no name)'}`
  if (kind === 'Secret')
    // As the API server does it: what stands in stringData stands over data.
    return [
      ...new Map(
        [...valuesOf(location, place, data, false), ...valuesOf(location, place, stringData, true)].map((one) => [
          one.key,
          one,
        ]),
      ).values(),
    ]
  if (kind === 'ConfigMap')
    return [...valuesOf(location, place, data, true), ...valuesOf(location, place, binaryData, false)]
  return []
}

const looksLikeStore = ({ bytes }: Candidate): boolean =>
  bytes.includes('-----BEGIN ') || foreignFormat(bytes) !== undefined

function kindsIn(objects: readonly Readonly<Record<string, unknown>>[]): string {
  const kinds = [...new Set(objects.map(({ kind }) => (typeof kind === 'string' ? kind : 'an object without a kind')))]
  return kinds.length === 0 ? 'nothing' : kinds.join(', ')
}

/** What was declared as a manifest and has no object in it is often the store itself. */
function noObjects({ location, bytes }: StoreBytes): CannotReadStore {
  const kind = bytes.includes('-----BEGIN ') ? 'pem' : foreignFormat(bytes)?.readAs
  const advice = kind
    ? `It is a trust store itself: declare it with kind: ${kind}.`
    : 'See that it is the file that is applied to the cluster, as YAML or JSON.'
  return new CannotReadStore('NOT_THERE', `There is no object of Kubernetes in ${location}. ${advice}`)
}

const asked = ({ name, namespace, key }: ManifestQuestion): string =>
  [namespace && `namespace ${namespace}`, name && `name ${name}`, key && `key ${key}`].filter(Boolean).join(', ')

/** The store in a manifest of a Secret or ConfigMap. Throws {@link CannotReadStore}. */
export function storeInManifest(manifest: StoreBytes, question: ManifestQuestion): StoreBytes {
  const { location } = manifest
  const objects = objectsIn(manifest)
  const all = objects.flatMap((object) => candidatesOf(location, object, question))
  const found = question.key === undefined ? all.filter(looksLikeStore) : all.filter(({ key }) => key === question.key)
  const [only, ...more] = found
  if (!only && objects.length === 0) throw noObjects(manifest)
  if (!only) {
    const wanted = asked(question)
    throw new CannotReadStore(
      'NOT_THERE',
      `There is no trust store in ${location}${wanted ? ` under ${wanted}` : ''}: it holds ${kindsIn(objects)}${all.length > 0 ? ` with ${all.map(({ place }) => place).join('; ')}` : ''}. Only Secrets and ConfigMaps can be read, and only as they reach the cluster: an encrypted one has to be opened first, and a template rendered.`,
    )
  }
  if (more.length > 0)
    throw new CannotReadStore(
      'AMBIGUOUS',
      `Several values in ${location} may be the trust store: ${found.map(({ place }) => place).join('; ')}. Declare which, with name and key.`,
    )
  return { location: `${location} (${only.place})`, bytes: only.bytes, findings: manifest.findings }
}
