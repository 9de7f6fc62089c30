/** What a machine, a disk and other programs can refuse, and what somebody can do to saved state: a sentence, and nothing lost. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onTerminal } from '../support/on-terminal.ts'
import { BIN, StateDir, cleanEnv, run, start, type Ended } from '../support/program.ts'
import { refuses } from '../support/refuses.ts'

const NOBODY = 65_534
const asRoot = process.getuid?.() === 0

describe('a rehearsal', { timeout: 180_000 }, () => {
  const state = new StateDir()
  const autopilot = ['rehearse', '--autopilot', '--ui', 'plain', ...state.flags]
  const at = (...path: string[]) => join(state.path, ...path)
  const subject = (kind: string) => {
    const name = readdirSync(at('progress', 'subjects')).find((one) => one.startsWith(kind))
    return at('progress', 'subjects', name ?? '', 'journal.jsonl')
  }
  /** Everything that is saved, by file, byte for byte. */
  const saved = () =>
    new Map(
      readdirSync(at('progress', 'subjects'), { recursive: true, withFileTypes: true })
        .filter((one) => /^(journal|snapshot)/.test(one.name))
        .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
    )
  afterAll(() => state.remove())

  // Several at the same time, to the end of all: what comes after begins with what is saved here.
  let first: Ended
  let second: Ended
  let onlooker: Ended
  beforeAll(async () => {
    const running = start([...autopilot, '--speed', '600'])
    await running.saw('02 Take a census')
    second = await run(autopilot)
    onlooker = await run(['rehearse', '--ui', 'plain', ...state.flags])
    first = await running.ended
  }, 180_000)

  it('is done by one program at a time: the second says who holds the database, and sends nothing', () => {
    refuses(second, 3, 'is held by ', '(process ')
    expect(first.code, first.stdout + first.stderr).toBe(0)
    expect(state.changes()).toHaveLength(4)
  })

  it('is not slowed down by who joins without naming a speed', () => {
    expect(onlooker.stdout).toContain('next is step ')
    expect(first.stdout).not.toContain('next is step ')
  })

  it.each([
    ['altered', (text: string) => text.replace(/"at":(\d)/g, '"at":9$1'), 'line 2: ', 4],
    ['cut short', (text: string) => text.slice(0, text.length / 2), 'were saved and are gone or cut short', 4],
    [
      'of a newer format',
      (text: string) => text.replace('"formatVersion":1', '"formatVersion":2'),
      'written by a newer rds-ca-runbook',
      2,
    ],
  ])('refuses a journal that was %s, by name, and leaves it as it is', async (_what, damage, says, ofVerify) => {
    const file = subject('database')
    const whole = readFileSync(file)
    writeFileSync(file, damage(whole.toString('latin1')), 'latin1')
    try {
      const before = saved()
      refuses(await run(['status', '--offline', ...state.flags]), 2, file, says)
      refuses(await run(autopilot), 2, file, says)
      const verified = await run(['journal', 'verify', ...state.flags])
      expect(verified.code).toBe(ofVerify)
      expect(verified.stdout + verified.stderr).toContain(file)
      expect(saved()).toEqual(before)
    } finally {
      writeFileSync(file, whole)
    }
  })

  it.skipIf(asRoot && !runsAsNobody())('refuses progress that it may not read (needs an ordinary user)', async () => {
    const foreign = mkdtempSync(join(tmpdir(), 'rds-ca-runbook-foreign-'))
    cpSync(at('progress'), join(foreign, 'progress'), { recursive: true })
    chmodSync(foreign, 0o755)
    chmodSync(join(foreign, 'progress'), 0o000)
    try {
      const account = asRoot ? { account: NOBODY } : {}
      const ended = await run(['status', '--offline', '--state-dir', foreign], account)
      refuses(ended, 2, 'No permission to ', foreign, '--state-dir')
    } finally {
      chmodSync(join(foreign, 'progress'), 0o700)
      rmSync(foreign, { recursive: true })
    }
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, text.length / 2), 'cannot be read'],
    [
      'of a newer format',
      (text: string) => text.replace(/"formatVersion":(\d+)/, '"formatVersion":1$1'),
      'a newer version wrote it',
    ],
  ])('refuses a Region whose state is %s, and leaves it as it is', async (_what, damage, says) => {
    await state.endRegion('SIGTERM')
    const file = at('rehearsal', 'state.json')
    const whole = readFileSync(file, 'utf8')
    const damaged = damage(whole)
    writeFileSync(file, damaged)
    try {
      refuses(await run(autopilot), 2, file, says, '--reset')
      expect(readFileSync(file, 'utf8')).toBe(damaged)
    } finally {
      writeFileSync(file, whole)
    }
  })

  it.each([
    ['its API', (region: { ports: { api: number } }) => region.ports.api],
    ['the database ', (region: { databases: { port: number }[] }) => region.databases[0]?.port ?? 0],
  ])('says who should let go of the port of %s', async (what, portOf) => {
    await state.endRegion('SIGTERM')
    const port = portOf(JSON.parse(readFileSync(at('rehearsal', 'state.json'), 'utf8')))
    const other = await listening(port)
    try {
      refuses(await run(autopilot), 2, `Port ${port} on 127.0.0.1, which this rehearsal uses for ${what}`, '--reset')
    } finally {
      other.close()
    }
  })

  it('writes to a reader that goes away without a word', async () => {
    for (const args of [
      ['journal'],
      ['status', '--offline'],
      ['export', '-'],
      [...autopilot.slice(0, 4), '--dry-run'],
    ]) {
      const running = start([...args, ...state.flags])
      running.child.stdout?.once('data', () => running.child.stdout?.destroy())
      expect(await running.ended, args.join(' ')).toMatchObject({ code: 0, stderr: '' })
    }
  })

  it('never needs a terminal: --ui tui without one says what is next', async () => {
    const ended = await run(['rehearse', '--ui', 'tui', ...state.flags])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toContain('orders-production: done (')
  })

  it.each(['\u0003', 'SIGTERM'])(
    'says on a terminal that is too small how large it must be, and ends at %j',
    async (end) => {
      const { code, screen } = await onTerminal(['rehearse', ...state.flags], [30, 5], 'This window is 30x5', end)
      expect(code).toBe(130)
      expect(screen, 'the screen is given back').toContain('\u001B[?1049l')
    },
  )

  it('starts over with --reset, here without a MySQL server: a stand-in that it speaks of, and nothing of the old in the way', async () => {
    await state.endRegion('SIGTERM')
    const before = saved()
    const env = { RDS_CA_RUNBOOK_MYSQL_PLACES: '' }
    const { code, stdout, stderr } = await run([...autopilot, '--dry-run', '--speed', '600', '--reset'], { env })
    expect(stderr).toBe('')
    expect(code, stdout).toBe(0)
    expect(stdout).toContain(
      'No MariaDB or MySQL server was found on this machine, so the billing databases are postgres',
    )
    for (const name of ['billing-staging', 'orders-production'])
      expect(stdout).toContain(`${name}: 02 Take a census of the clients: proven`)
    expect(state.changes()).toEqual([])
    for (const [file, text] of before) expect(readFileSync(file, 'latin1')).toBe(text)
  })

  it('takes the end of its input for no answer to a question: what is open stays open', async () => {
    const plain = ['rehearse', '--ui', 'plain', ...state.flags]
    const { code, screen } = await onTerminal(plain, [100, 30], 'type a number', '\u0004')
    expect(screen).not.toContain('Bug')
    expect(screen).toContain('Nobody answers any more')
    expect(screen).toContain('next is step 01')
    expect(code).toBe(3)
  })

  describe('on a disk that is full', () => {
    const progress = at('progress')
    let mounted = false
    beforeAll(() => {
      mounted = mount(progress, '120k')
    })
    afterAll(() => {
      if (mounted) execFileSync('umount', [progress])
    })

    it('stops with a sentence; what was saved stays, and it goes on (needs root)', async ({ skip }) => {
      skip(!mounted)
      const full = await run([...autopilot, '--speed', '600'])
      refuses(full, 2, 'No space is left to save progress: ', progress)
      const before = await run(['journal', ...state.flags])
      expect(before.stdout).toContain('billing-staging: ca-change begun')
      expect(await run(['journal', 'verify', ...state.flags])).toMatchObject({ code: 0, stderr: '' })

      execFileSync('mount', ['-o', 'remount,size=8m', progress])
      const after = await run([...autopilot, '--dry-run'])
      expect(after.code, after.stdout + after.stderr).toBe(0)
      const lines = new Set((await run(['journal', ...state.flags])).stdout.split('\n'))
      for (const line of before.stdout.split('\n')) expect(lines).toContain(line)
    })
  })
})

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** Whether an ordinary user can run the program from where it lies. */
function runsAsNobody(): boolean {
  try {
    execFileSync(process.execPath, [BIN, '--version'], { uid: NOBODY, gid: NOBODY, env: cleanEnv(), stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** A small file system of its own, where that may be made. */
function mount(directory: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', directory], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
