import { describe, expect, test } from 'vitest'
import { redact, secretsOf } from '../../src/programs/redact.ts'

describe('what is taken out', () => {
  test.each([
    ['connect postgres://app:s3cret@db:5432/x failed', 'connect postgres://app:[redacted]@db:5432/x failed'],
    ['mysql://u:p%40ss@h/db and mongodb+srv://u:p:w@h', 'mysql://u:[redacted]@h/db and mongodb+srv://u:[redacted]@h'],
    ['password=hunter2 user=x', 'password=[redacted] user=x'],
    ['{"password":"a\\"b c","user":"x"}', '{"password":[redacted],"user":"x"}'],
    ['DB_PASS: foo bar', 'DB_PASS: [redacted] bar'],
    ['--password foo --host x', '--password [redacted] --host x'],
    ["FATAL:  password: 'x y' no", 'FATAL:  password: [redacted] no'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['?Action=connect&X-Amz-Signature=0a1b2c', '?Action=connect&X-Amz-Signature=[redacted]'],
    ['key AKIAABCDEFGHIJKLMNOP used', 'key [redacted] used'],
    ['got eyJhbGciOi.eyJzdWIiOi.sig-nature', 'got [redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- after', '[redacted] after'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '[redacted]'],
  ])('%j', (text, clean) => expect(redact(text)).toBe(clean))

  test('the secrets that are given, the longest first', () =>
    expect(
      redact(
        'abcdef abcdefgh',
        secretsOf({ A_TOKEN: 'abcdef', B_SECRET: 'abcdefgh', C_PASSWORD: 'abc', HOME: 'harmless' }),
      ),
    ).toBe('[redacted] [redacted]'))
})

describe('what stays', () => {
  test.each([
    'certificate verify failed: unable to get local issuer certificate',
    'self-signed certificate in certificate chain',
    'certificate signature failure',
    'password authentication failed for user "app"',
    'test passed: 12',
    'Unexpected token in JSON',
    'server certificate for "db" does not match host name "x"',
  ])('%j', (text) => expect(redact(text)).toBe(text))
})

test('no output takes longer than its length', () => {
  // Each of these would take minutes if the search took the square of the length.
  for (const unit of [
    'a.',
    'eyJ-',
    'a://b:',
    'password="',
    'x-',
    'pass_',
    '-----BEGIN PRIVATE KEY-----',
    '\u001B[1;',
    '--secret ',
  ])
    expect(redact(unit.repeat(64_000 / unit.length)).length).toBeGreaterThanOrEqual(0)
})
