import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import type { Applications, ApplicationSpec } from '../data-plane.ts'
import type { RehearsedServer } from '../servers/rehearsed-server.ts'
import type { Secret } from '../servers/secret.ts'
import { applicationFile, type ConfiguredDatabase, writeApplicationFile } from './application-file.ts'
import { ApplicationLink } from './application-link.ts'
import { connectMysql } from './connect-mysql.ts'
import { connectPostgres } from './connect-postgres.ts'

const LOOPBACK = '127.0.0.1'

/** Milliseconds. Sixteen links that log in more often keep a small machine busy: each log-in costs client and server some 20 ms. */
const PACE = 2_000

export interface StartQuestion {
  /** The rehearsal's folder. */
  readonly directory: string
  readonly pace?: number | undefined
  readonly secret: Secret
  readonly applications: readonly ApplicationSpec[]
  readonly servers: readonly RehearsedServer[]
}

/**
 * Makes the applications' users on every server, writes their configurations and has them connect. Resolves when each has tried to
 * connect once to each of its databases; none of them ever throws, whatever the servers do.
 */
export async function startApplications(question: StartQuestion): Promise<Applications> {
  const { applications, directory, secret, servers } = question
  await Promise.all([makeUsers(question), writeConfigurations(question)])
  const links = applications.flatMap((application) =>
    application.databases.map((id) => {
      const server = servers.find((candidate) => candidate.spec.id === id)
      if (!server)
        throw new Error(`Bug: ${application.name} uses ${id}, which is no database of this rehearsal (${directory})`)
      return new ApplicationLink({
        application,
        database: id,
        target: {
          ...configuredDatabase(server),
          user: application.user,
          password: secret.passwordOf(application.user),
          application: application.name,
        },
        connect: server.family === 'postgres' ? connectPostgres : connectMysql,
        pace: question.pace ?? PACE,
      })
    }),
  )
  await Promise.all(links.map((link) => link.tried))
  return {
    reports: () => links.map((link) => link.report),
    stop: async () => {
      await Promise.all(links.map((link) => link.stop()))
    },
  }
}

/** On every server, because an application's check is run against the twins of its databases too. */
async function makeUsers({ applications, secret, servers }: StartQuestion): Promise<void> {
  const users = [...new Set(applications.map(({ user }) => user))]
  await Promise.all(servers.flatMap((server) => users.map((user) => server.ensureUser(user, secret.passwordOf(user)))))
}

async function writeConfigurations({ applications, directory, secret, servers }: StartQuestion): Promise<void> {
  await mkdir(join(directory, 'applications'), { recursive: true, mode: 0o700 })
  const databases = servers.map((server) => configuredDatabase(server))
  await Promise.all(
    applications.map(({ name, temper, trustStore, user }) =>
      writeApplicationFile(applicationFile(directory, name), {
        formatVersion: 1,
        name,
        temper,
        user,
        password: secret.passwordOf(user),
        ...(trustStore === undefined ? {} : { trustStore: resolve(trustStore) }),
        databases,
      }),
    ),
  )
}

const configuredDatabase = ({ database, family, spec }: RehearsedServer): ConfiguredDatabase => ({
  id: spec.id,
  host: spec.hostName,
  address: LOOPBACK,
  port: spec.port,
  family,
  database,
})
