import * as z from 'zod/mini'
import { CA_IDS, type ServerCertificate } from '../data-plane.ts'
import { clusterState } from './cluster-state.ts'
import { databaseState } from './database-state.ts'
import { WORLDS } from '../world.ts'
import { surroundings } from './surroundings.ts'

/** 1 knew databases alone, in one place. */
export const STATE_FORMAT = 2

const storedCertificate = z.object({
  ca: z.enum(CA_IDS),
  keyPem: z.string(),
  chainPem: z.string(),
  validFrom: z.string(),
  validTill: z.string(),
  /** True for a certificate that is not what the API says: a fault's work, put right by the next restart without it. */
  flawed: z.boolean(),
})
export type StoredCertificate = z.infer<typeof storedCertificate>

/** Everything that a rehearsal must find again after a kill. */
export const regionState = z.object({
  formatVersion: z.literal(STATE_FORMAT),
  /** Names this rehearsal from set-up to reset. */
  rehearsal: z.string(),
  world: z.enum(WORLDS),
  createdAt: z.number(),
  ports: z.object({ api: z.number(), bundles: z.number() }),
  mysql: z.enum(['real', 'stand-in']),
  /** Loopback ports for the servers of databases that are made later. */
  sparePorts: z.readonly(z.array(z.number())),
  /** The Regions that have CAs, home first. */
  regions: z.readonly(z.array(z.string())),
  databases: z.readonly(z.array(databaseState)),
  clusters: z.readonly(z.array(clusterState)),
  surroundings,
  /** Accounts' own default CAs for new databases. */
  defaultCas: z.readonly(z.array(z.object({ account: z.string(), region: z.string(), ca: z.enum(CA_IDS) }))),
  /** CAs that are listed no more. */
  retired: z.readonly(z.array(z.object({ region: z.string(), ca: z.enum(CA_IDS) }))),
  /** By a database's key: the certificate that its server presents, and the one that lies staged beside it. */
  certificates: z.record(z.string(), z.object({ live: storedCertificate, staged: z.exactOptional(storedCertificate) })),
  /** Process ids of the servers that were started last, to find those that a killed Region left behind. */
  pids: z.record(z.string(), z.number()),
  /** Bytes of the request log whose effects are in here. */
  logBytes: z.number(),
})
export type RegionState = z.infer<typeof regionState>
export type DatabaseCertificates = RegionState['certificates'][string]

export const storeCertificate = (certificate: ServerCertificate, flawed = false): StoredCertificate => ({
  ca: certificate.ca,
  keyPem: certificate.keyPem,
  chainPem: certificate.chainPem,
  validFrom: certificate.validFrom.toISOString(),
  validTill: certificate.validTill.toISOString(),
  flawed,
})

export const asServerCertificate = (stored: StoredCertificate): ServerCertificate => ({
  ca: stored.ca,
  keyPem: stored.keyPem,
  chainPem: stored.chainPem,
  validFrom: new Date(stored.validFrom),
  validTill: new Date(stored.validTill),
})
