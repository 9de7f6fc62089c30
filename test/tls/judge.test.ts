import { describe, expect, test } from 'vitest'
import { Anchors } from '../../src/tls/anchors.ts'
import { readCertificate, type Certificate } from '../../src/tls/certificate.ts'
import { judge, type Captured } from '../../src/tls/judge.ts'
import { nameVerdicts } from '../../src/tls/names.ts'
import { findPath } from '../../src/tls/path.ts'
import { trustedRoots } from '../../src/tls/roots.ts'
import { amazonLike, days, issue } from '../support/certificates.ts'

const HOST = 'db.example.test'
const { root, inter, leaf } = await amazonLike(HOST)
const served: Captured['served'] = [readCertificate(leaf.pem), readCertificate(inter.pem)]
const roots = trustedRoots([root.pem]).anchors
const now = Date.now()

describe('two judges', () => {
  test('agree on a good chain', () => {
    expect(judge({ served, openssl: { authorized: true } }, roots, HOST, now)).toMatchObject({
      chain: { passed: true },
      strict: true,
    })
  })

  test('agree on a bad one, and then the reason is ours', () => {
    const refused: Captured = { served, openssl: { authorized: false, refusal: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' } }
    expect(judge(refused, trustedRoots([]).anchors, HOST, now).chain).toMatchObject({ code: 'unknown-root' })
  })

  test('disagree when only OpenSSL accepts', () => {
    expect(judge({ served, openssl: { authorized: true } }, trustedRoots([]).anchors, HOST, now)).toMatchObject({
      chain: { passed: false, code: 'judges-disagree' },
      strict: false,
    })
  })

  test('disagree when only we accept', () => {
    const refused: Captured = { served, openssl: { authorized: false, refusal: 'UNSPECIFIED' } }
    const judgement = judge(refused, roots, HOST, now)
    expect(judgement).toMatchObject({ chain: { passed: false, code: 'judges-disagree' }, strict: false })
    expect(judgement.chain).toHaveProperty('detail', expect.stringContaining('UNSPECIFIED'))
  })

  test('disagree when the clock that is given is not the machine’s', () => {
    const judgement = judge({ served, openssl: { authorized: true } }, roots, HOST, days(100).getTime())
    expect(judgement).toMatchObject({
      chain: { code: 'judges-disagree' },
      dates: { passed: false, code: 'expired' },
      strict: false,
    })
  })
})

describe('the controls', () => {
  test('hold where a chain can end at two roots', async () => {
    const other = await issue({ subject: 'Other', ca: true })
    const cross = await issue({ subject: root.subject, issuer: other, ca: true })
    const both = trustedRoots([root.pem, other.pem]).anchors
    const chain: Captured = { served: [...served, readCertificate(cross.pem)], openssl: { authorized: true } }
    expect(judge(chain, both, HOST, now)).toMatchObject({ strict: true, controls: { withoutServedRoot: 'refused' } })
  })

  test('fail for a judge that trusts everybody, and then nothing is proven', () => {
    const everybody = Object.assign(Object.create(Anchors.prototype) as Anchors, {
      has: () => true,
      namedIssuersOf: () => [readCertificate(inter.pem), readCertificate(root.pem)],
      without: () => everybody,
    })
    expect(judge({ served, openssl: { authorized: true } }, everybody, HOST, now)).toMatchObject({
      controls: { withoutServedRoot: 'passed' },
      strict: false,
    })
  })

  test('fail for a certificate that is for every name', async () => {
    const wide = await issue({ subject: 'x', issuer: inter, dns: [HOST, '*.invalid'] })
    const chain: Captured = { served: [readCertificate(wide.pem), served[1]!], openssl: { authorized: true } }
    expect(judge(chain, roots, HOST, now)).toMatchObject({
      name: { passed: true },
      controls: { wrongName: 'passed' },
      strict: false,
    })
  })
})

describe('a path', () => {
  test('is preferred when it is valid now', async () => {
    const old = await issue({ subject: root.subject, ca: true, notBefore: days(-50), notAfter: days(-5) })
    const both = trustedRoots([old.pem, root.pem]).anchors
    expect(findPath(served, both, now).path?.at(-1)?.sha256).toBe(readCertificate(root.pem).sha256)
  })

  test('is not looked for without end', async () => {
    // Ten CAs of one name and key, all signed by each other: any of them may come after any other.
    const web: Certificate[] = []
    for (let i = 0; i < 16; i++) {
      const twin = await issue({ subject: 'CN=Web', keyName: 'web', ca: true, serial: `${i}0` })
      web.push(
        readCertificate(
          (await issue({ subject: 'CN=Web', keyName: 'web', issuer: twin, ca: true, serial: `${i}1` })).pem,
        ),
      )
    }
    const webRoot = await issue({ subject: 'CN=Web', keyName: 'web', ca: true })
    const bottom = await issue({ subject: HOST, dns: [HOST], issuer: webRoot })
    const found = findPath([readCertificate(bottom.pem), ...web], trustedRoots([root.pem]).anchors, now)
    expect(found.path).toBeUndefined()
  })
})

test('a host that is empty or has a zero byte passes no rule', () => {
  for (const host of ['', `${HOST}\0.evil.test`])
    expect(nameVerdicts(served[0], host)).toEqual({ libpq: false, openssl: false, node: false })
})

test('roots are loaded once, and an array that was changed is another set', () => {
  const pems = [root.pem]
  const first = trustedRoots(pems)
  expect(trustedRoots(pems)).toBe(first)
  expect(trustedRoots([root.pem]).context).toBe(first.context)
  pems[0] = inter.pem
  expect(trustedRoots(pems).context).not.toBe(first.context)
})
