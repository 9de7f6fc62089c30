import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { configJsonSchema, SCHEMA_NAME } from '../../src/config/json-schema.ts'
import { ConfigUnusable, parseConfig, readConfig } from '../../src/config/read-config.ts'
import { ROOT } from '../support/import-graph.ts'

it('the JSON Schema in the package is that of the configuration', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'dist', SCHEMA_NAME), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(configJsonSchema())),
  )
})

describe('what is wrong with a configuration is said with its path and what is allowed', () => {
  it.each([
    [
      'accounts: [{ profiles: p }]',
      /accounts\.0: unknown: profiles \(there is .*\bprofile, .*\bregions\b.*\); is profile meant\?/,
    ],
    ['databses: {}', /the file: unknown: databses \(there is formatVersion, .*\bwaves\b.*\); is databases meant\?/],
    ['waves: [{ name: a, names: [x], atonce: 1 }]', /waves\.0: unknown: atonce \(there is .*\); is atOnce meant\?/],
    ['accounts: [{ role: me }]', /accounts\.0\.role: must be the ARN of a role: arn:aws:iam::ACCOUNT:role\/NAME/],
    ['accounts: [{ regions: some }]', /accounts\.0\.regions: must be "all" or a list/],
    ['regions: [Frankfurt]', /regions\.0: must be the name of an AWS Region/],
    ['regions: []', /regions: must not be empty/],
    ['waves: [{ name: a, names: [x], atOnce: 0 }]', /waves\.0\.atOnce: must be at least 1/],
    ['discovery: { environment: { tag: env } }', /discovery\.environment\.staging: is missing: must be a list/],
    ['databases: { a: { timing: later } }', /databases\.a\.timing: must be "now" or "window" or "without-restart"/],
    ['databases: { shop: { twin: shop } }', /databases\.shop\.twin: a database cannot stand surety for itself/],
    [
      'databases: { shop: { twin: shop-staging }, shop-staging: {} }',
      /databases\.shop\.twin: "shop-staging" must be declared under databases with environment: staging/,
    ],
    ['databases: { a: { twin: None } }', /with environment: staging; or none/],
    ['waves: [{ name: a, names: [x], atOnce: 1.5 }]', /waves\.0\.atOnce: must be a whole number/],
    ['waves: [{ name: a, regions: [eu_west_1] }]', /waves\.0\.regions\.0: must be the name of an AWS Region/],
    ['connect: { "db:5432": "127.0.0.1:65536" }', /connect\.db:5432: must be HOST:PORT/],
    ['zzz: 1', /the file: unknown: zzz \(there is formatVersion, accounts, .*\bwaves\)$/],
    ['databases:', /databases: must be a mapping \(key: value\), and nothing stands there/],
    [
      'databases: { a: { enviroment: staging } }',
      /databases\.a: unknown: enviroment \(there is .*\); is environment meant\?/,
    ],
    ['databases: { a: { environment: test } }', /databases\.a\.environment: must be "production" or "staging"/],
  ])('%s', (yaml, sentence) => {
    expect(() => parseConfig(`formatVersion: 1\n${yaml}`, 'c.yaml')).toThrow(sentence)
  })
})

describe('what YAML would make of a text', () => {
  const names = (text: string) => Object.keys(parseConfig(`formatVersion: 1\n${text}`, 'c.yaml').databases)
  it.each([
    ['keys stay as they are written', 'databases: { 0123: {}, no: {}, ~: {}, 1e3: {} }', ['0123', 'no', '~', '1e3']],
    ['an account keeps its zeros', 'databases: { 012345678901/eu-west-1/a: {} }', ['012345678901/eu-west-1/a']],
    ['an alias stands for its anchor', 'databases: { a: &s { environment: staging }, b: *s }', ['a', 'b']],
    ['line ends of Windows', 'databases:\r\n  a:\r\n    environment: staging\r\n', ['a']],
  ])('%s', (_, text, expected) => {
    expect(names(text).sort()).toEqual(expected.sort())
  })

  it('begins with a byte order mark, and is read', () => {
    expect(parseConfig('\u{feff}formatVersion: 1\n', 'c.yaml').databases).toEqual({})
  })

  it.each([
    ['a key twice', 'formatVersion: 1\ndatabases: {}\ndatabases: {}', /is not YAML: Map keys must be unique at line 3/],
    ['tabs', 'formatVersion: 1\ndatabases:\n\ta: {}', /is not YAML: Tabs are not allowed as indentation at line 3/],
    ['an alias of nothing', 'formatVersion: 1\ndatabases: { a: *b }', /is not YAML: Unresolved alias/],
    ['a tag', 'formatVersion: 1\ndatabases: !vault { a: {} }', /is not YAML: Unresolved tag: !vault/],
    ['a template', 'formatVersion: 1\ndatabases: { {{ name }}: {} }', /is not YAML: /],
    [
      'two documents',
      'formatVersion: 1\n---\nformatVersion: 1',
      /a line of three dashes \(---\) begins a second document/,
    ],
    ['nothing but a comment', '# to do\n', /it is empty\. It begins with "formatVersion: 1"/],
    [
      'an order to the terminal',
      'formatVersion: 1\ndatabases: { "\\e[2J": { environment: x } }',
      /databases\.\\x1b\[2J\.env/,
    ],
  ])('%s is refused', (_, text, sentence) => {
    const warned = vi.spyOn(process, 'emitWarning')
    expect(() => parseConfig(text, 'c.yaml')).toThrow(ConfigUnusable)
    expect(() => parseConfig(text, 'c.yaml')).toThrow(sentence)
    expect(warned).not.toHaveBeenCalled()
  })

  it('in another encoding than UTF-8 is refused', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'c.yaml')
    onTestFinished(() => rmSync(dirname(file), { recursive: true }))
    for (const encoding of ['latin1', 'utf16le'] as const) {
      writeFileSync(
        file,
        Buffer.from(
          'formatVersion: 1\napplications: { caf\u00e9: { databases: [a], verification: none } }\n',
          encoding,
        ),
      )
      if (encoding === 'latin1') expect(() => readConfig(file, '/')).toThrow('it is not UTF-8. Save it as UTF-8')
      else expect(() => readConfig(file, '/')).toThrow(ConfigUnusable)
    }
  })
})
