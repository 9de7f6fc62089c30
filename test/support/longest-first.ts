import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The built program and real servers, from start to end: each of these takes tens of seconds, however few its lines. */
const LONG =
  /\/test\/(e2e\/|(bundle\/commands|check\/agreement)\.|rehearsal\/(control-plane\/(process-life|real-servers)|data-plane\/(applications|server-lifecycle))\.)/

/**
 * Begins with what takes longest. Vitest knows durations from the run before; on a fresh clone it goes by the size of the files, and the
 * end was one long file on one core.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
