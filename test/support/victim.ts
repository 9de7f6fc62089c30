import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { openProgress } from '../../src/progress/open-progress.ts'
import { joinLiving, type JoinedRegion } from '../../src/rehearsal/process/control-client.ts'
import { regionFolder } from '../../src/rehearsal/process/region-folder.ts'
import { parseBody } from '../../src/rules/entries.ts'
import { EMPTY_RECORD, fold } from '../../src/rules/record.ts'
import { crashing, type CrashOrder } from './crash-point.ts'
import { StateDir, run, start, type Ended, type Running } from './program.ts'

export const DATABASES = ['billing-staging', 'orders-staging', 'billing-production', 'orders-production']

const endedTooSoon = ({ code, stdout, stderr }: Ended): never => {
  throw new Error(`it ended (${code}) before it was to be killed:\n${stdout}${stderr}`)
}

/** A rehearsal that is killed over and over. */
export class Victim {
  readonly state = new StateDir()
  #kept: JoinedRegion | undefined

  get #command(): string[] {
    return ['rehearse', '--autopilot', '--ui', 'plain', '--speed', '600', ...this.state.flags]
  }

  start(): Running {
    return start(this.#command)
  }

  /** Runs until its condition is met, and kills what is named. Resolves to what it had printed. */
  async kill(who: 'program' | 'region' | 'both', when: (running: Running) => Promise<unknown>): Promise<Ended> {
    const running = this.start()
    await Promise.race([when(running), running.ended.then(endedTooSoon)])
    if (who !== 'region') running.child.kill('SIGKILL')
    if (who !== 'program') await this.state.endRegion('SIGKILL')
    const ended = await running.ended
    if (who !== 'region') expect(ended.code, ended.stdout + ended.stderr).toBe('SIGKILL')
    await this.nothingIsLost()
    return ended
  }

  /**
   * Runs until it dies at a point of its own. Resolves to undefined where it had finished before it came there. The Region stays up
   * behind it where it `keeps` that.
   */
  async crash(order: CrashOrder, flags: readonly string[] = [], keeps = false): Promise<Ended | undefined> {
    const running = start([...this.#command, ...flags], crashing(this.state, order))
    const [ended] = await Promise.all([running.ended, keeps ? this.#keepRegion(running) : undefined])
    await this.nothingIsLost()
    if (ended.code === 0) return undefined
    expect(ended.code, ended.stdout + ended.stderr).toBe('SIGKILL')
    return ended
  }

  /**
   * Keeps the Region up from now on, as soon as one is up: starting it takes ten times as long as starting the program.
   */
  async #keepRegion({ ended }: Running): Promise<void> {
    const over = new AbortController()
    const isOver = ended.finally(() => over.abort())
    const { control } = regionFolder(join(this.state.path, 'rehearsal'))
    while (!over.signal.aborted && this.#kept === undefined) {
      this.#kept = await joinLiving(control, {})
      if (this.#kept === undefined) await Promise.race([isOver, delay(50)])
    }
  }

  /** Kills the Region, or lets it end. */
  async endRegion(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#kept?.leave()
    this.#kept = undefined
    await this.state.endRegion(signal)
  }

  /** Runs to the end, undisturbed. */
  finish(): Promise<Ended> {
    return run(this.#command)
  }

  async nothingIsLost(): Promise<void> {
    const progress = openProgress({
      directory: join(this.state.path, 'progress'),
      initial: EMPTY_RECORD,
      fold,
      parse: parseBody,
      now: Date.now,
      who: { user: 'test', host: 'test' },
    })
    for (const subject of await progress.subjects())
      expect(await progress.check(subject), 'every journal is whole').not.toHaveProperty('broken')
    const changes = this.state.changes()
    expect(changes, 'no database is changed twice').toEqual([...new Set(changes)])
  }

  /** What must be so of every rehearsal that was resumed to its end. */
  async isDone({ code, stdout, stderr }: Ended): Promise<void> {
    expect(stderr).toBe('')
    expect(code, stdout).toBe(0)
    for (const name of DATABASES) expect(stdout).toContain(`${name}: done (`)
    expect(this.state.changes().sort()).toEqual(DATABASES.map((name) => `ModifyDBInstance ${name}`).sort())
    await this.nothingIsLost()
    expect(await run(['journal', 'verify', ...this.state.flags])).toMatchObject({ code: 0, stderr: '' })
    const offline = await run(['status', '--offline', ...this.state.flags])
    expect(offline.stdout.match(/ done +done /g)?.length).toBeGreaterThanOrEqual(DATABASES.length)
  }
}
