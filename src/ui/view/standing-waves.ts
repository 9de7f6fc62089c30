import { calledBy } from '../../rules/step.ts'
import { progressOf, wavesOf, waveStanding, type Wave, type WaveStanding } from '../../rules/waves.ts'
import type { Session, SessionDatabase } from '../session.ts'

export interface StandingWave {
  readonly wave: Wave<SessionDatabase>
  readonly standing: WaveStanding
}

/** A session's waves in their order, and how each stands by what is on record. */
export function standingWaves(session: Session): readonly StandingWave[] {
  const waves = wavesOf(session.waves, session.databases, (one) => ({
    name: one.desk.about.name,
    meantBy: one.meantBy ?? [calledBy(one.desk.about)],
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
