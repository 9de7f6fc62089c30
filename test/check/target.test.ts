import { describe, expect, test } from 'vitest'
import { endpointKind, regionOfHost } from '../../src/check/endpoint-kind.ts'
import { isAmazonPublic, rdsCaOf } from '../../src/check/rds-ca.ts'
import { targetOf, UnclearTarget } from '../../src/check/target.ts'

const HOST = 'db.abc123.eu-west-1.rds.amazonaws.com'

describe('what is to be checked', () => {
  test.each([
    [`${HOST}:5432`, {}, { engine: 'postgres', host: HOST, port: 5432, name: HOST }],
    [`${HOST}:3306`, {}, { engine: 'mysql', host: HOST, port: 3306, name: HOST }],
    [HOST, { engine: 'mysql' }, { engine: 'mysql', host: HOST, port: 3306, name: HOST }],
    [`${HOST}:6543`, { engine: 'postgres' }, { engine: 'postgres', host: HOST, port: 6543, name: HOST }],
    ['[2001:db8::7]:5432', {}, { engine: 'postgres', host: '2001:db8::7', port: 5432, name: '2001:db8::7' }],
    [
      '2001:db8::7',
      { engine: 'postgres' },
      { engine: 'postgres', host: '2001:db8::7', port: 5432, name: '2001:db8::7' },
    ],
    ['127.0.0.1:5432', { name: HOST }, { engine: 'postgres', host: '127.0.0.1', port: 5432, name: HOST }],
    [
      `${HOST}:5432`,
      { address: '127.0.0.1' },
      { engine: 'postgres', host: HOST, port: 5432, name: HOST, address: '127.0.0.1:5432' },
    ],
    [
      `${HOST}:5432`,
      { address: '::1' },
      { engine: 'postgres', host: HOST, port: 5432, name: HOST, address: '[::1]:5432' },
    ],
    [
      `${HOST}:5432`,
      { address: '127.0.0.1:15432' },
      { engine: 'postgres', host: HOST, port: 5432, name: HOST, address: '127.0.0.1:15432' },
    ],
    [`${HOST}:5432`, { directTls: true }, { engine: 'postgres', host: HOST, port: 5432, name: HOST, direct: true }],
  ] as const)('%s %j', (text, flags, target) => expect(targetOf(text, flags)).toEqual(target))

  test.each([
    [HOST, {}, /--engine/],
    [`${HOST}:6543`, {}, /Port 6543 tells no engine/],
    ['', {}, /HOST:PORT/],
    [`${HOST}:99999`, {}, /HOST:PORT/],
    [`postgres://${HOST}:5432`, {}, /HOST:PORT/],
    [`user@${HOST}`, {}, /HOST:PORT/],
    [`user@${HOST}:5432`, {}, /HOST:PORT/],
    ['a b:5432', {}, /HOST:PORT/],
    [`${HOST}:3306`, { directTls: true }, /--direct-tls is PostgreSQL’s alone/],
    [`${HOST}:5432`, { address: 'nowhere' }, /--address nowhere/],
  ])('%s %j is not clear', (text, flags, says) => {
    expect(() => targetOf(text, flags)).toThrow(UnclearTarget)
    expect(() => targetOf(text, flags)).toThrow(says)
  })
})

describe('what a name tells', () => {
  test.each([
    [HOST, 'rds', 'eu-west-1'],
    ['db.cluster-ro-abc123.us-gov-west-1.rds.amazonaws.com', 'rds', 'us-gov-west-1'],
    ['db.abc123.cn-north-1.rds.amazonaws.com.cn', 'rds', 'cn-north-1'],
    ['db.abc123.rds.cn-north-1.amazonaws.com.cn', 'rds', 'cn-north-1'],
    ['app.proxy-abc123.rds.cn-northwest-1.amazonaws.com.cn', 'proxy', 'cn-northwest-1'],
    ['db.abc123.eusc-de-east-1.rds.amazonaws.eu', 'rds', 'eusc-de-east-1'],
    ['orders.proxy-abc123.eu-west-1.rds.amazonaws.com', 'proxy', 'eu-west-1'],
    ['reader.endpoint.proxy-abc123.eu-west-1.rds.amazonaws.com', 'proxy', 'eu-west-1'],
    ['DB.ABC123.EU-WEST-1.RDS.AMAZONAWS.COM.', 'rds', 'eu-west-1'],
  ])('%s is %s in %s', (name, kind, region) => {
    expect(endpointKind(name)).toEqual({ kind, region })
    expect(regionOfHost(name)).toBe(region)
  })

  test.each([
    ['orders-0123.elb.eu-west-1.amazonaws.com', 'load-balancer'],
    ['internal-orders-0123.eu-west-1.elb.amazonaws.com', 'load-balancer'],
    ['localhost', 'local'],
    ['127.0.0.1', 'local'],
    ['::1', 'local'],
    ['10.1.2.3', 'address'],
    ['db.example.com', 'other'],
    ['rds.amazonaws.com.example.com', 'other'],
    ['db.abc123.eu-west-1.rds.amazonaws.com.evil.test', 'other'],
  ])('%s is %s', (name, kind) => {
    expect(endpointKind(name).kind).toBe(kind)
    expect(regionOfHost(name)).toBeUndefined()
  })
})

describe('Amazon’s authorities', () => {
  test.each([
    [
      'C=US, O=Amazon Web Services, Inc., OU=Amazon RDS, ST=WA, CN=Amazon RDS eu-west-1 Root CA RSA2048 G1, L=Seattle',
      'rds-ca-rsa2048-g1',
      'eu-west-1',
      false,
    ],
    ['CN=Amazon RDS us-east-1 Subordinate CA ECC384 G1.A.5, L=Seattle', 'rds-ca-ecc384-g1', 'us-east-1', false],
    ['CN=Amazon RDS us-gov-west-1 Root CA RSA4096 G1', 'rds-ca-rsa4096-g1', 'us-gov-west-1', false],
    ['CN=Amazon RDS Preview us-east-2 Root CA RSA4096 G1, L=Seattle', 'rds-ca-rsa4096-g1', 'us-east-2', true],
    ['CN=Amazon RDS Root 2019 CA', 'rds-ca-2019', undefined, false],
    ['CN=Amazon RDS eu-west-1 2019 CA', 'rds-ca-2019', 'eu-west-1', false],
  ])('%s', (subject, id, region, preview) =>
    expect(rdsCaOf(subject)).toEqual({ id, preview, ...(region !== undefined && { region }) }),
  )

  test.each([
    'CN=Example Root',
    'CN=Amazon Root CA 1, O=Amazon',
    'O=CN=Amazon RDS eu-west-1 2019 CA',
    'CN=x Amazon RDS Root 2019 CA',
  ])('%s is none of RDS’s', (subject) => expect(rdsCaOf(subject)).toBeUndefined())

  test('ACM’s are public', () => {
    expect(isAmazonPublic('C=US, O=Amazon, CN=Amazon RSA 2048 M02')).toBe(true)
    expect(
      isAmazonPublic('O=Starfield Technologies, Inc., CN=Starfield Services Root Certificate Authority - G2'),
    ).toBe(true)
    expect(isAmazonPublic('O=Amazon Web Services, Inc., CN=Amazon RDS eu-west-1 Root CA RSA2048 G1')).toBe(false)
    expect(isAmazonPublic('CN=db.example.com, O=Amazon.com')).toBe(false)
  })
})
