import { survey } from '../../runner/survey.ts'
import type { Session } from '../../ui/session.ts'

/**
 * A dry run without a person: really looks at everything that can be looked at, and shows each request exactly as it would be sent,
 * with what closes its gate. It ends each database at its change; what would come after is not simulated.
 */
export async function dryRun(session: Session, signal: AbortSignal): Promise<void> {
  for (const { desk } of session.databases) {
    if (desk.rotation?.end) continue
    const change = await survey(desk, signal)
    await session.applier.apply(desk, change, async () => undefined, signal)
  }
}
