import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { throwawayFor } from '../../steps/throwaway.ts'
import { aboutOf, cluster, identified, instance, NEW_CA } from './account.ts'

// Seven calls of the AWS CLI take their seconds.
const cli = process.env['SOAK'] !== undefined && spawnSync('aws', ['--version']).error === undefined

/** The AWS CLI reads the whole command, and would send it: it is asked for the request only. */
function taken(command: string): void {
  for (const one of command.split(' && ')) {
    const [, ...words] = one.split(' ')
    execFileSync('aws', [...words, '--generate-cli-skeleton', 'output'], {
      encoding: 'utf8',
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_EC2_METADATA_DISABLED: 'true' },
    })
  }
}

describe('a throwaway twin', () => {
  const shop = cluster({ id: 'shop' })
  const erp = cluster({ id: 'erp', engine: 'postgres' })
  const kinds = [
    ['an instance', instance({ id: 'orders' }), {}],
    [
      'an Aurora member',
      instance({ id: 'shop-1', engine: 'aurora-postgresql', clusterId: 'shop' }),
      { clusters: [shop] },
    ],
    ['a Multi-AZ DB cluster', erp, { clusters: [erp] }],
  ] as const

  it.each(kinds)(
    'of %s: of its engine, version and class, with the target, made and taken away',
    async (_, record, rest) => {
      const databases = record.kind === 'database' ? [record] : []
      const { facts } = await identified({ databases, ...rest }, aboutOf(record))
      const { create, remove } = throwawayFor(facts, NEW_CA)
      expect(create).toContain(`--engine ${record.engine} --engine-version ${record.engineVersion}`)
      expect(create).toContain(`--ca-certificate-identifier ${NEW_CA}`)
      expect(remove).toMatch(/^aws rds delete-db-.*-ca-twin/)
    },
  )

  it.runIf(cli)('is made and taken away by commands that the AWS CLI takes', async () => {
    for (const [, record, rest] of kinds) {
      const databases = record.kind === 'database' ? [record] : []
      const { facts } = await identified({ databases, ...rest }, aboutOf(record))
      const { create, remove } = throwawayFor(facts, NEW_CA)
      expect(() => taken(create)).not.toThrow()
      expect(() => taken(remove)).not.toThrow()
    }
  })
})
