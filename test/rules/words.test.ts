import { describe, expect, it } from 'vitest'
import { asAwsCli } from '../../src/rules/change.ts'
import { parseBody } from '../../src/rules/entries.ts'
import { canonical, digestOf, subjectKey, worldOf } from '../../src/rules/words.ts'
import { nextWindow } from '../../steps/window.ts'

describe('canonical JSON', () => {
  it('sorts keys, leaves undefined out, and tells apart what differs', () => {
    expect(canonical({ b: 1, a: [true, null, 'ü'], c: undefined })).toBe('{"a":[true,null,"ü"],"b":1}')
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
    expect(digestOf({ a: '1' })).not.toBe(digestOf({ a: 1 }))
  })
  it('refuses what JSON cannot hold', () => {
    expect(() => canonical({ a: Number.NaN })).toThrow('cannot hold')
    expect(() => canonical(() => 1)).toThrow('cannot hold')
  })
})

it('tells worlds and subjects apart', () => {
  expect(worldOf('123456789012')).toBe('aws|123456789012')
  expect(worldOf('000000000000', 'http://127.0.0.1:9/')).toBe('http://127.0.0.1:9|000000000000')
  const subject = { kind: 'database', world: 'w', region: 'r', id: 'i' } as const
  expect(subjectKey(subject)).not.toBe(subjectKey({ ...subject, kind: 'cluster' }))
})

it('shows a request as the AWS CLI takes it', () => {
  const change = { api: 'ModifyDBInstance', world: 'w', region: 'eu-west-1', resourceId: 'db-1' } as const
  expect(
    asAwsCli({
      ...change,
      input: {
        DBInstanceIdentifier: 'a b',
        CACertificateIdentifier: 'rds-ca-x',
        ApplyImmediately: false,
        CertificateRotationRestart: false,
      },
    }),
  ).toBe(
    "aws rds modify-db-instance --region eu-west-1 --db-instance-identifier 'a b' --ca-certificate-identifier rds-ca-x --no-apply-immediately --no-certificate-rotation-restart",
  )
})

it('refuses a line that it does not know, by its kind and member', () => {
  expect(() => parseBody({ kind: 'teleported' })).toThrow('"teleported"')
  expect(() => parseBody({ kind: 'attempt', step: 'census' })).toThrow('reason')
})

describe('the next maintenance window', () => {
  const sunday = Date.UTC(2026, 10, 22, 15, 30)
  it.each([
    ['sun:16:00-sun:16:30', Date.UTC(2026, 10, 22, 16)],
    ['sun:15:00-sun:15:45', Date.UTC(2026, 10, 22, 15)],
    ['sun:14:00-sun:15:00', Date.UTC(2026, 10, 29, 14)],
    ['sat:23:45-sun:00:15', Date.UTC(2026, 10, 28, 23, 45)],
    ['sat:23:45-sun:15:45', Date.UTC(2026, 10, 21, 23, 45)],
    ['nonsense', undefined],
    [undefined, undefined],
  ])('%s', (window, begins) => {
    expect(nextWindow(window, sunday)).toBe(begins)
  })
})
