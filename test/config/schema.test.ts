import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configJsonSchema, SCHEMA_NAME } from '../../src/config/json-schema.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import { ROOT } from '../support/import-graph.ts'

it('the JSON Schema in the package is that of the configuration', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'dist', SCHEMA_NAME), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(configJsonSchema())),
  )
})

describe('what is wrong with a configuration is said with its path and what is allowed', () => {
  it.each([
    ['accounts: [{ profiles: p }]', /accounts\.0: unknown: profiles \(there is .*\bprofile, .*\bregions\b.*\)/],
    ['databses: {}', /the file: unknown: databses \(there is formatVersion, .*\bdatabases, .*\bwaves\b.*\)/],
    ['waves: [{ name: a, names: [x], atonce: 1 }]', /waves\.0: unknown: atonce \(there is .*\batOnce\b.*\)/],
    ['accounts: [{ role: me }]', /accounts\.0\.role: must be the ARN of a role: arn:aws:iam::ACCOUNT:role\/NAME/],
    ['accounts: [{ regions: some }]', /accounts\.0\.regions: must be .*"all".* or array/],
    ['regions: [Frankfurt]', /regions\.0: must be the name of an AWS Region/],
    ['regions: []', /regions: must not be empty/],
    ['waves: [{ name: a, names: [x], atOnce: 0 }]', /waves\.0\.atOnce: must be at least 1/],
    ['discovery: { environment: { tag: env } }', /discovery\.environment\.staging: must be array/],
    ['databases: { a: { timing: later } }', /databases\.a\.timing: must be "now" or "window" or "without-restart"/],
    ['databases: { shop: { twin: shop } }', /databases\.shop\.twin: a database cannot stand surety for itself/],
    [
      'databases: { shop: { twin: shop-staging }, shop-staging: {} }',
      /databases\.shop\.twin: "shop-staging" must be declared under databases with environment: staging/,
    ],
    ['databases: { a: { environment: test } }', /databases\.a\.environment: must be "production" or "staging"/],
  ])('%s', (yaml, sentence) => {
    expect(() => parseConfig(`formatVersion: 1\n${yaml}`, 'c.yaml')).toThrow(sentence)
  })
})
