import { calledBy } from '../../rules/step.ts'
import { progressOf, wavesOf, waveStanding, type Wave, type WaveStanding } from '../../rules/waves.ts'
import type { Session, SessionDatabase } from '../session.ts'

export interface StandingWave {
  readonly wave: Wave<SessionDatabase>
  readonly standing: WaveStanding
}

/** A session's waves in their order, and how each stands by what is on record. */
export function standingWaves(session: Session): readonly StandingWave[] {
  const clusterCalled = clusterNames(session.databases)
  const waves = wavesOf(session.waves, session.databases, (one) => ({
    name: one.desk.about.name,
    called: calledBy(one.desk.about),
    clusterCalled: clusterCalled(one),
    region: one.desk.about.subject.region ?? '',
    environment: one.desk.decided.environment ?? 'production',
    tags: one.record?.tags ?? {},
  }))
  const now = session.now()
  return waves.map((wave) => ({
    wave,
    standing: waveStanding(
      wave,
      wave.members.map(({ desk }) => progressOf(desk.assess())),
      now,
    ),
  }))
}

/**
 * What means a database's cluster: `cluster:NAME` where one account and Region alone has it, and its name where no database is called so
 * either.
 */
function clusterNames(databases: readonly SessionDatabase[]): (one: SessionDatabase) => readonly string[] {
  const clusterOf = ({ record }: SessionDatabase) => (record?.kind === 'database' ? record.clusterId : undefined)
  const placeOf = ({ desk }: SessionDatabase) => `${desk.about.subject.world} ${desk.about.subject.region ?? ''}`
  const places = new Map<string, Set<string>>()
  for (const one of databases) {
    const cluster = clusterOf(one)
    if (cluster !== undefined) places.set(cluster, (places.get(cluster) ?? new Set()).add(placeOf(one)))
  }
  const names = new Set(databases.map(({ desk }) => desk.about.name))
  return (one) => {
    const cluster = clusterOf(one)
    if (cluster === undefined || places.get(cluster)?.size !== 1) return []
    return [`cluster:${cluster}`, ...(names.has(cluster) ? [] : [cluster])]
  }
}
