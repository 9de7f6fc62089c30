import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { codes, data, EC, keys, RSA, storeLab } from './store-lab.ts'

const lab = storeLab()
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const object = (kind: string, name: string, rest: object, namespace?: string) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  ...rest,
})
const secret = object('Secret', 'db-ca', { data: { 'ca.crt': base64(EC + RSA), user: base64('orders') } }, 'orders')
const read = (text: string, question: { name?: string; namespace?: string; key?: string } = {}) =>
  lab.read({ kind: 'kubernetes', path: lab.file('m.yaml', text), ...question })
const refusal = (text: string, question: { name?: string; namespace?: string; key?: string } = {}) =>
  lab.refusal({ kind: 'kubernetes', path: lab.file('m.yaml', text), ...question })

describe('a manifest', () => {
  it.each([
    ['a Secret in YAML', stringify(secret)],
    ['a Secret in JSON', JSON.stringify(secret)],
    [
      'base64 with line breaks',
      stringify(object('Secret', 'x', { data: { ca: base64(EC + RSA).replace(/(.{64})/g, '$1\n') } })),
    ],
    [
      'what stands in clear',
      stringify(object('Secret', 'x', { data: { ca: base64(EC) }, stringData: { ca: EC + RSA } })),
    ],
    ['a ConfigMap', stringify(object('ConfigMap', 'x', { data: { 'ca.pem': EC + RSA, 'app.yaml': 'a: 1' } }))],
    ['a ConfigMap’s binary data', stringify(object('ConfigMap', 'x', { binaryData: { ca: base64(EC + RSA) } }))],
    ['a List', JSON.stringify({ kind: 'List', items: [object('Service', 's', {}), secret] })],
    ['the one of several documents', `${stringify(object('Deployment', 'd', {}))}---\n${stringify(secret)}---\n`],
    [
      'a Java key store',
      stringify(object('Secret', 'x', { data: { 'trust.jks': base64(readFileSync(data('keytool.jks'))) } })),
    ],
  ])('%s', async (_, text) => {
    const seen = await read(text)
    expect(keys(seen)).toEqual(['ec-secp384r1', 'rsa2048'])
    expect(codes(seen)).toEqual([])
  })

  it('says where in it the store is', async () =>
    expect((await read(stringify(secret))).location).toMatch(/m\.yaml \(Secret orders\/db-ca, ca\.crt\)$/))

  it('with several that could be meant is asked which', async () => {
    const tls = object('Secret', 'tls', { data: { 'ca.crt': base64(RSA), 'tls.crt': base64(EC) } })
    const text = `${stringify(secret)}---\n${stringify(tls)}`
    const { code, message } = await refusal(text)
    expect(code).toBe('AMBIGUOUS')
    for (const place of ['Secret orders/db-ca, ca.crt', 'Secret tls, ca.crt', 'Secret tls, tls.crt'])
      expect(message).toContain(place)
    expect(keys(await read(text, { name: 'tls', key: 'tls.crt' }))).toEqual(['ec-secp384r1'])
    expect(keys(await read(text, { namespace: 'orders' }))).toHaveLength(2)
  })

  it.each([
    ['nothing', '', {}, 'NOT_THERE', 'no object of Kubernetes'],
    ['no store', stringify(object('Secret', 'x', { data: { user: base64('u') } })), {}, 'NOT_THERE', 'Secret x, user'],
    ['another name', stringify(secret), { name: 'other' }, 'NOT_THERE', 'under name other'],
    ['another key', stringify(secret), { key: 'ca.pem' }, 'NOT_THERE', 'Secret orders/db-ca, ca.crt'],
    ['a sealed secret', stringify(object('SealedSecret', 'x', { spec: {} })), {}, 'NOT_THERE', 'it holds SealedSecret'],
    [
      'no base64',
      stringify(object('Secret', 'x', { data: { ca: EC } })),
      {},
      'MALFORMED',
      'Secret x, ca is not base64',
    ],
    [
      'a template',
      'kind: Secret\ndata: {{ .Values.x }}\n  a: [',
      {},
      'MALFORMED',
      'A template has to be rendered first',
    ],
    ['a PEM file in its place', EC, {}, 'NOT_THERE', 'declare it with kind: pem'],
    ['nothing of Kubernetes', 'just text', {}, 'NOT_THERE', 'no object of Kubernetes'],
    ['a template', 'kind: Secret\ndata:\n  ca.pem: {{ .Values.ca }}\n', {}, 'NOT_THERE', 'a template rendered'],
    ['a bomb', `a: &a [x]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]`, {}, 'MALFORMED', 'cannot be read'],
  ] as const)('with %s is refused with a sentence', async (_, text, question, code, says) => {
    const refused = await refusal(text, question)
    expect(refused.code).toBe(code)
    expect(refused.message).toContain(says)
  })
})
