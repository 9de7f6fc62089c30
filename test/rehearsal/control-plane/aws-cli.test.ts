import { describe, expect, it } from 'vitest'
import { aws, HAS_AWS_CLI } from './support/aws-cli.ts'
import { FAST, settledOn, startRegion, until } from './support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'

async function json(endpoint: string, ...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await aws(endpoint, ...args)
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out)
}

describe.skipIf(!HAS_AWS_CLI)('the AWS CLI', () => {
  // Each command is a process of its own. What every answer holds is aws-cli-answers.test.ts's.
  it.skipIf(!process.env['SOAK'])('pages, waits, and reads a change to its end (npm run soak)', async () => {
    const { region, rds } = await startRegion({ speed: FAST })
    const { endpoint } = region.info()
    const instances = ['rds', 'describe-db-instances']
    const names = ['--query', 'DBInstances[].DBInstanceIdentifier']
    const all = ['billing-production', 'billing-staging', 'orders-production', 'orders-staging']
    expect(await json(endpoint, ...instances, ...names)).toEqual(all)
    const page = (await json(endpoint, ...instances, '--max-items', '3')) as {
      NextToken: string
      DBInstances: object[]
    }
    expect(page.DBInstances).toHaveLength(3)
    expect(await json(endpoint, ...instances, ...names, '--starting-token', page.NextToken)).toEqual(all.slice(3))

    expect(await json(endpoint, 'sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' })

    const database = ['--db-instance-identifier', 'orders-staging']
    const modify = ['rds', 'modify-db-instance', ...database]
    const modified = await json(endpoint, ...modify, '--ca-certificate-identifier', TARGET, '--apply-immediately')
    expect(modified).toMatchObject({
      DBInstance: { PendingModifiedValues: { CACertificateIdentifier: TARGET }, DBInstanceStatus: 'available' },
    })
    await until(rds, 'orders-staging', settledOn(TARGET))
    expect(await aws(endpoint, 'rds', 'wait', 'db-instance-available', ...database)).toMatchObject({ code: 0 })
    expect(await json(endpoint, ...instances, ...database)).toMatchObject({
      DBInstances: [{ CACertificateIdentifier: TARGET, CertificateDetails: { CAIdentifier: TARGET } }],
    })
  })

  it('reads the default CA (an AWS CLI whose model has DefaultCertificateForNewLaunches; 2.9.19 of Debian 12 has not)', async ({
    skip,
  }) => {
    const { region } = await startRegion()
    const describe = ['rds', 'describe-certificates']
    const certificates = await json(region.info().endpoint, ...describe)
    expect(certificates).toMatchObject({ Certificates: [{ CertificateType: 'CA' }, {}, {}, {}] })
    if ((certificates as Record<string, unknown>)['DefaultCertificateForNewLaunches'] === undefined)
      skip(!(await aws('', ...describe, '--generate-cli-skeleton', 'output')).out.includes('DefaultCertificate'))
    expect(certificates).toMatchObject({ DefaultCertificateForNewLaunches: TARGET })
  })

  it('names errors by their codes', async () => {
    const { region } = await startRegion()
    const { endpoint } = region.info()
    const modify = ['rds', 'modify-db-instance', '--db-instance-identifier', 'billing-staging']
    const failed = async (...args: readonly string[]): Promise<string> => {
      const { code, err } = await aws(endpoint, ...args)
      expect(code).toBeGreaterThan(0)
      return err
    }
    expect(await failed('rds', 'describe-certificates', '--certificate-identifier', 'rds-ca-2015')).toContain(
      '(CertificateNotFound)',
    )
    expect(await failed(...modify, '--ca-certificate-identifier', 'rds-ca-2015')).toContain('(CertificateNotFound)')
    // Some versions of the CLI say how often they retried in between.
    expect(await failed(...modify, '--no-certificate-rotation-restart')).toMatch(
      /\(InvalidParameterCombination\) when calling the ModifyDBInstance operation.*: CACertificateIdentifier is required to use the NoCertificateRotationRestart option\./,
    )
    expect(await failed('rds', 'describe-db-instances', '--db-instance-identifier', 'nobody')).toContain(
      '(DBInstanceNotFound)',
    )
    expect(await failed('rds', 'describe-db-clusters', '--db-cluster-identifier', 'nobody')).toContain(
      '(DBClusterNotFoundFault)',
    )
  })
})
