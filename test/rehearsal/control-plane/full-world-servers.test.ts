import { readFileSync } from 'node:fs'
import { FailoverDBClusterCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds'
import { Client } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveRegion } from '../../../src/rehearsal/serve.ts'
import { discardServers } from '../../../src/rehearsal/servers/discard-servers.ts'
import { eventually, newFolder, rdsClient, settledOn, until } from './support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'

/** Some 25 servers take their time to start: not for every run of the tests. */
describe.skipIf(!process.env['SOAK'])('the full world on real servers (npm run soak)', () => {
  it('leads a cluster’s names to its members, each with a certificate that names them, before and after a failover', async () => {
    const directory = await newFolder()
    onTestFinished(() => discardServers(directory))
    const region = await serveRegion({ directory, checkProgram: '/check.js', speed: 120, world: 'full' })
    onTestFinished(() => region.stop())
    const { bundleFile, databases, endpoint, world } = region.info()
    const { user, password } = databases.find(({ id }) => id === 'shop-production-1')!
    const ca = readFileSync(bundleFile, 'utf8')
    /** The port of the server behind an endpoint, reached by a client that verifies its name. */
    const serverAt = async (prefix: string): Promise<number> => {
      const { address, host } = world!.endpoints.find((one) => one.host.startsWith(prefix))!
      const [, port] = address.split(':')
      const ssl = { ca, servername: host, rejectUnauthorized: true }
      const client = new Client({ host: '127.0.0.1', port: Number(port), user, password, database: 'postgres', ssl })
      await client.connect()
      try {
        const { rows } = await client.query<{ port: number }>('SELECT inet_server_port() AS port')
        return rows[0]!.port
      } finally {
        await client.end()
      }
    }
    const portOf = (id: string): number => databases.find((one) => one.id === id)!.port
    expect(await serverAt('shop-production.cluster-c0')).toBe(portOf('shop-production-1'))
    expect(await serverAt('shop-analytics.cluster-custom-')).toBe(portOf('shop-production-2'))
    expect([portOf('shop-production-2'), portOf('shop-production-3')]).toContain(
      await serverAt('shop-production.cluster-ro-'),
    )
    expect(await serverAt('bookings-production.cluster-c0')).toBe(portOf('bookings-production-instance-1'))
    const rds = rdsClient(endpoint)
    await rds.send(new FailoverDBClusterCommand({ DBClusterIdentifier: 'shop-production' }))
    await eventually(() => serverAt('shop-production.cluster-c0').catch(() => 0)).toBe(portOf('shop-production-2'))
    await until(rds, 'shop-production-2', settledOn('rds-ca-2019'))
    const change = { CACertificateIdentifier: TARGET, ApplyImmediately: true }
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'shop-production-2', ...change }))
    await until(rds, 'shop-production-2', settledOn(TARGET))
    expect(await serverAt('shop-production.cluster-c0')).toBe(portOf('shop-production-2'))
  }, 120_000)
})
