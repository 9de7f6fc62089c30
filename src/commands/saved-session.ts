import { identify } from '../../steps/01-identify.ts'
import { runbook } from '../../steps/index.ts'
import { declaredBy } from '../config/declared.ts'
import { namesOf, qualifiedName, type NamedDatabase } from '../config/names.ts'
import { CannotAsk } from '../ports/control-plane.ts'
import { presentRotation } from '../rules/record.ts'
import type { Digest, Subject } from '../rules/words.ts'
import { showingApplier } from '../runner/apply.ts'
import type { RunnerDeps, SavedProgress } from '../runner/deps.ts'
import { openDesk } from '../runner/desk.ts'
import type { Session, SessionDatabase } from '../ui/session.ts'
import { configOf, type CommonFlags } from './common.ts'
import { pastedReplies } from './people/pasted-replies.ts'
import { me, REAL_PATIENCE, savedProgress } from './open-session.ts'

/** A session on saved progress: it can look at nothing, and says so. */
export async function savedSession(flags: CommonFlags): Promise<Session> {
  const progress = savedProgress(flags.stateDir)
  const subjects = await progress.subjects()
  const named: NamedDatabase[] = []
  for (const subject of subjects.filter(({ kind }) => kind === 'database' || kind === 'cluster')) {
    const { state } = await progress.open(subject)
    const cluster = identify.parse(state.evidence['identify']?.facts)?.basis.clusterId
    named.push({ subject, name: presentRotation(state)?.name ?? subject.id, cluster })
  }
  const names = namesOf(named)
  const declared = declaredBy(configOf(flags), names)
  const asLookedAt = await declarationsLookedAt(progress, subjects)
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: {
      open: async () => {
        throw new CannotAsk('Offline', 'open', 'With --offline nothing is looked at.')
      },
    },
    declared: { ...declared, applicationDigest: (name) => declared.applicationDigest(name) ?? asLookedAt.get(name) },
    who: me(),
    patience: REAL_PATIENCE,
    notify: () => {},
    now: Date.now,
    sleep: async () => {},
    newId: () => '',
  }
  const databases: SessionDatabase[] = []
  for (const { subject, name } of named) {
    const about = { subject, name }
    databases.push({
      desk: await openDesk(deps, { ...about, ...(names.isAmbiguous(about.name) && { called: qualifiedName(about) }) }),
    })
  }
  return {
    runbook,
    badge: { world: 'SAVED PROGRESS', mode: 'DRY RUN', region: progress.directory },
    databases,
    applier: showingApplier(),
    waves: [],
    remedies: [],
    notices: [],
    takeReplies: pastedReplies(progress, Date.now),
    now: Date.now,
    listen: () => () => {},
  }
}

/**
 * How each application was declared when it was looked at, by its name: the configuration that said so need not be here (a rehearsal
 * has one of its own), and without one there is nothing by which its evidence could be outdated.
 */
async function declarationsLookedAt(
  progress: SavedProgress,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, Digest>> {
  const digests = new Map<string, Digest>()
  for (const subject of subjects.filter(({ kind }) => kind === 'application')) {
    const { state } = await progress.open(subject)
    for (const { rests } of Object.values(state.evidence))
      if (rests['declared']) digests.set(subject.id, rests['declared'])
  }
  return digests
}
