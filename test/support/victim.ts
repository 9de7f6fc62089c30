import { expect } from 'vitest'
import { crashing, type CrashOrder } from './crash-point.ts'
import { StateDir, run, start, type Ended, type Running } from './program.ts'

export const DATABASES = ['billing-staging', 'orders-staging', 'billing-production', 'orders-production']

const endedTooSoon = ({ code, stdout, stderr }: Ended): never => {
  throw new Error(`it ended (${code}) before it was to be killed:\n${stdout}${stderr}`)
}

/** A rehearsal that is killed over and over. */
export class Victim {
  readonly state = new StateDir()

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

  /** Runs until it dies at a point of its own. Resolves to undefined where it had finished before it came there. */
  async crash(order: CrashOrder, flags: readonly string[] = []): Promise<Ended | undefined> {
    const ended = await run([...this.#command, ...flags], crashing(this.state, order))
    await this.nothingIsLost()
    if (ended.code === 0) return undefined
    expect(ended.code, ended.stdout + ended.stderr).toBe('SIGKILL')
    return ended
  }

  /** Runs to the end, undisturbed. */
  finish(): Promise<Ended> {
    return run(this.#command)
  }

  async nothingIsLost(): Promise<void> {
    const verified = await run(['journal', 'verify', ...this.state.flags])
    expect(verified, 'every journal is whole').toMatchObject({ code: 0, stderr: '' })
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
    const offline = await run(['status', '--offline', ...this.state.flags])
    expect(offline.stdout.match(/ done +done /g)?.length).toBeGreaterThanOrEqual(DATABASES.length)
  }
}
