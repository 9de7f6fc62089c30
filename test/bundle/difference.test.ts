import { expect, test } from 'vitest'
import { difference } from '../../src/bundle/difference.ts'
import { meaning } from '../../src/commands/bundle/diff.ts'
import { readBundleFile } from '../../src/bundle/bundle-file.ts'
import { days } from '../support/certificates.ts'
import { AWS, AWS_FILE, Folder, root } from './bundles.ts'

const NOW = Date.now()

async function between(before: string | Buffer, after: string | Buffer) {
  await using folder = await Folder.make()
  const [a, b] = [await folder.write('a', before), await folder.write('b', after)]
  return difference(await readBundleFile(a, NOW), await readBundleFile(b, NOW), NOW)
}

const west = await root('eu-west-1')
const westEc = await root('eu-west-1', 'ECC384 G1')
const south = await root('eu-south-1')
const old = await root('eu-north-1', 'RSA2048 G1', { notBefore: days(-9), notAfter: days(-1) })

test('order, comments and line ends are no difference', async () => {
  const found = await between(west.pem + south.pem, `# mine\r\n${south.pem}${west.pem}`.replaceAll('\n', '\r\n'))
  expect(found).toMatchObject({ added: [], removed: [], retired: [], replaced: [], kept: 2 })
  expect(meaning(found)).toEqual([expect.stringContaining('no difference')])
})

test('a new Region concerns whoever is there, a new CA in a known one everybody there', async () => {
  const found = await between(west.pem, west.pem + westEc.pem + south.pem)
  expect(found.added.map(({ region, ca }) => `${region} ${ca}`)).toEqual([
    'eu-south-1 rds-ca-rsa2048-g1',
    'eu-west-1 rds-ca-ecc384-g1',
  ])
  expect(found).toMatchObject({ regionsAdded: ['eu-south-1'], removed: [] })
  expect(meaning(found).join('\n')).toMatch(
    /1 certificate new where A knew some already \(eu-west-1\).*\n.*New with B: eu-south-1.*\nB holds all of A/,
  )
})

test('a valid root that is gone is told apart from an expired one', async () => {
  const found = await between(west.pem + south.pem + old.pem, west.pem)
  expect(found.removed.map(({ region }) => region)).toEqual(['eu-south-1'])
  expect(found.retired.map(({ region }) => region)).toEqual(['eu-north-1'])
  expect(meaning(found)[0]).toMatch(/B lacks 1 root still valid \(eu-south-1\).*refuses every database/)
})

test('another certificate under the same name is neither added nor removed', async () => {
  const other = await root('eu-west-1', 'RSA2048 G1', { keyName: 'another' })
  const found = await between(west.pem, other.pem)
  expect(found).toMatchObject({ added: [], removed: [], kept: 0 })
  expect(found.replaced).toHaveLength(1)
  expect(meaning(found)[0]).toMatch(/has the name of one in A and is another certificate \(eu-west-1\).*thumbprints/)
})

test('nobody misses a root of AWS’s test environments', async () => {
  const beta = await root('eu-west-1', 'RSA2048 G1', {
    subject: 'CN=Amazon RDS Beta us-east-1 Root CA RSA2048 G1, O=Test',
  })
  const found = await between(west.pem + beta.pem, west.pem)
  expect(found.removed).toEqual([])
  expect(found.retired).toHaveLength(1)
})

test('two bundles of AWS: all but one Region', async () => {
  const found = difference(await readBundleFile(AWS_FILE, NOW), await readBundleFile(AWS_FILE, NOW), NOW)
  expect(found.kept).toBe(102)
  const first = AWS.toString('latin1').split(/(?<=-----END CERTIFICATE-----\n)/)
  const without = first.slice(3).join('')
  const lost = await between(AWS, without)
  expect(lost.kept).toBe(99)
  expect(lost.removed.length + lost.retired.length).toBe(3)
})
