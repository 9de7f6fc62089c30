import type { World } from '../ports/world.ts'
import { answersDigest } from '../rules/asking.ts'
import type { Assessment } from '../rules/assess.ts'
import type { Decided, About, PlainStep } from '../rules/step.ts'
import type { DecisionName } from '../rules/decisions.ts'
import type { Position } from '../rules/position.ts'
import { isMet } from '../rules/standing.ts'
import { digestOf, type Digest } from '../rules/words.ts'
import type { Desk } from './desk.ts'
import { applicationSubject, bundleSubject } from './desk.ts'
import { failureOf } from './failure.ts'

/** The steps and their worlds, as the runner calls them. */
export const stepOf = (desk: Desk, id: string): PlainStep<World> => {
  const step = desk.deps.runbook.steps[id]
  if (!step) throw new Error(`Bug: there is no step ${id}`)
  return step
}

interface Looked {
  readonly about: About
  /** What this look's evidence rests on. */
  readonly rests: Readonly<Record<string, Digest>>
}

const present = (rests: Readonly<Record<string, Digest | undefined>>): Record<string, Digest> =>
  Object.fromEntries(Object.entries(rests).flatMap(([name, digest]) => (digest ? [[name, digest]] : [])))

/** What a step has to look at: the database, its Region's bundle, or each application whose own standing is not met. */
function subjectsToLookAt(desk: Desk, step: PlainStep<World>, position: Position, assessment: Assessment): Looked[] {
  switch (step.on) {
    case 'database':
      return [{ about: desk.about, rests: present(position.footing?.rests ?? {}) }]
    case 'bundle': {
      const subject = bundleSubject(desk.about.subject)
      return [{ about: { subject, name: `bundle of ${subject.region ?? ''}` }, rests: {} }]
    }
    case 'application': {
      const all = assessment.decided.applications ?? []
      const due = all.filter(({ name }) => !isMet(position.applications?.get(name)?.standing ?? 'missing'))
      // All are good still: being asked means that they are to be looked at again.
      return (due.length > 0 ? due : all).map(({ name }) => {
        const subject = applicationSubject(desk.about.subject, name)
        const declared = desk.deps.declared.applicationDigest(name)
        const answers = answersDigest(desk.journal(subject).state)
        return { about: { subject, name }, rests: present({ declared, answers }) }
      })
    }
  }
}

/**
 * Lets a step look, if its gate is open, and puts what it saw on record; a look that fails is put on record as an attempt, and is
 * no evidence. Resolves to how the step stands afterwards. Throws when aborted, and for bugs.
 */
export async function look(desk: Desk, id: string, signal: AbortSignal): Promise<Position> {
  const { notify } = desk.deps
  const step = stepOf(desk, id)
  await desk.rotate()
  await desk.refresh()
  const assessment = desk.assess()
  const position = assessment.steps.get(id)
  if (!position) throw new Error(`Bug: ${id} is not in the sequence ${assessment.sequence}`)
  if (!position.gate.open) {
    notify({ kind: 'closed', about: desk.about, step: id, blockers: position.gate.blockers })
    return position
  }
  if (!step.look) return position

  notify({ kind: 'looking', about: desk.about, step: id })
  const given = position.footing?.given ?? {}
  const decided = assessment.decided as Decided<DecisionName>
  for (const { about, rests } of subjectsToLookAt(desk, step, position, assessment)) {
    const journal = desk.journal(about.subject)
    try {
      const world = await desk.deps.worlds.open(desk.about.subject)
      const earlier = journal.state.evidence[id]
      const previous = earlier && step.parse(earlier.facts)
      const seen = await step.look(world, about, given, decided, signal, previous)
      // What is saved must be readable again: facts that their own schema refuses are a bug of the step, found here.
      const facts = step.parse(seen)
      if (!facts) throw new Error(`Bug: ${id} saw facts that its own schema refuses`)
      const digest = digestOf(facts.basis)
      await journal.append({
        kind: 'evidence',
        step: id,
        version: step.version,
        subject: about.subject,
        facts,
        digest,
        rests,
      })
    } catch (error) {
      signal.throwIfAborted()
      const failure = failureOf(error)
      if (!failure) throw error
      const { reason, detail, until, refutes } = failure
      const more = { ...(until !== undefined && { until }), ...(refutes && { refutes }) }
      await journal.append({ kind: 'attempt', step: id, reason, ...more })
      // One that has to wait has not failed: the step's standing says so.
      if (until === undefined) notify({ kind: 'look-failed', about, step: id, reason, detail })
    }
  }
  const after = desk.assess().steps.get(id) ?? position
  notify({ kind: 'looked', about: desk.about, step: id, position: after })
  return after
}
