import { fileURLToPath } from 'node:url'
import { dirname, join } from 'node:path'
import { parseConfig } from '../config/read-config.ts'
import { readFileSync } from 'node:fs'
import { listFaults } from '../rehearsal/faults/fault-list.ts'
import { joinRegion } from '../rehearsal/join.ts'
import { AUTOPILOT_SPEED, INTERACTIVE_SPEED } from '../rehearsal/lifecycle/delays.ts'
import { main as serve } from '../rehearsal/serve.ts'
import { HANDSHAKE_LIMITS } from '../manners/limits.ts'
import type { RegionInfo } from '../rehearsal/region-info.ts'
import type { WorldName } from '../rehearsal/world.ts'
import type { Patience } from '../runner/deps.ts'
import type { Session } from '../ui/session.ts'
import { table } from '../ui/view/table.ts'
import { asksFor, connections, output, printEvents, type CommonFlags } from './common.ts'
import { autopilot } from './drive/autopilot.ts'
import { dryRun } from './drive/dry-run.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { announce, attendTo, recorded, standings } from './front.ts'
import { openSession, REAL_PATIENCE } from './open-session.ts'
import { regionCredentials, trustStoreRemedies } from './rehearsal-operator.ts'
import { stateDirectory } from './state-directory.ts'
import { uiFor } from '../ui/terminal.ts'
import { terminal } from './front.ts'

export interface RehearseFlags extends CommonFlags {
  readonly autopilot?: boolean
  readonly serve?: boolean
  readonly dryRun?: boolean
  readonly fault?: readonly string[]
  readonly listFaults?: boolean
  readonly speed?: number
  readonly reset?: boolean
  readonly world: WorldName
}

/** Each world has a folder of its own: its progress belongs to its ports. */
const regionDirectory = ({ stateDir, world }: RehearseFlags): string => {
  const { rehearsal } = stateDirectory(stateDir)
  return world === 'pairs' ? rehearsal : `${rehearsal}-${world}`
}

/** Beside the program when it is bundled, beside the sources when it is not. */
const CHECK_PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'rehearsal-check.js')

/** `rehearse`: a simulated Region on this machine, and the whole program against it. */
export async function rehearse(flags: RehearseFlags, signal: AbortSignal): Promise<ExitCode> {
  if (flags.listFaults) return printFaults(flags)
  const wish = {
    directory: regionDirectory(flags),
    world: flags.world,
    // A Region that lives keeps its speed unless one is named: somebody else may be rehearsing in it.
    ...(flags.speed !== undefined && { speed: flags.speed }),
    ...(flags.fault && { faults: flags.fault }),
    ...(flags.reset && { reset: true }),
  }
  if (flags.serve) {
    const code = await serve({
      ...wish,
      checkProgram: CHECK_PROGRAM,
      json: asksFor(flags) === 'json',
      print: (text) => process.stdout.write(text),
    })
    return code === 0 ? EXIT.done : EXIT.bug
  }
  const program = process.argv[1] ?? ''
  const entry = {
    command: process.execPath,
    args: [program, 'rehearse', '--serve', '--state-dir', stateDirectory(flags.stateDir).root],
  }
  const firstSpeed = flags.autopilot ? AUTOPILOT_SPEED : INTERACTIVE_SPEED
  const region = await joinRegion({ ...wish, faults: flags.fault ?? [], firstSpeed, entry, signal })
  try {
    return await inRegion(flags, region.info, signal)
  } finally {
    region.leave()
  }
}

async function inRegion(flags: RehearseFlags, info: RegionInfo, signal: AbortSignal): Promise<ExitCode> {
  const session = await rehearsalSession(flags, info, signal)
  if (!flags.autopilot) return attendTo(session, asksFor(flags), signal)
  const asked = uiFor(terminal(), asksFor(flags))
  const ui = asked === 'tui' ? 'plain' : asked
  announce(session, ui)
  recorded(session, ui)
  printEvents(session, ui)
  if (session.applier.mode === 'shows') {
    await dryRun(session, signal)
    standings(session, ui)
    return EXIT.done
  }
  const say = (line: string) => (ui === 'json' ? output.json({ event: 'autopilot', line }) : output.line(line))
  const code = await autopilot(session, { say, signal })
  standings(session, ui)
  return code
}

/** The rehearsal's session: the same program, with endpoints on this machine and delays divided by the speed. */
function rehearsalSession(flags: RehearseFlags, info: RegionInfo, signal: AbortSignal): Promise<Session> {
  const config = parseConfig(readFileSync(info.config, 'utf8'), info.config)
  return openSession({
    stateDir: flags.stateDir,
    // Gone with --reset: the new Region has another PKI.
    bundles: join(regionDirectory(flags), 'bundles'),
    config,
    connect: connections(flags),
    bundleUrl: info.bundleUrl,
    bundleCa: readFileSync(info.bundleCa, 'utf8'),
    region: info.region,
    endpoint: info.endpoint,
    keys: { accessKeyId: 'REHEARSAL', secretAccessKey: 'rehearsal' },
    // In a rehearsal changes are sent, to the simulated Region alone.
    execute: flags.dryRun !== true,
    credentials: regionCredentials(info),
    patience: scaledPatience(REAL_PATIENCE, info.speed),
    // An hour of the calendar is no part of a rehearsal: it passes as AWS's delays do. Gone with --reset, as its servers are.
    limits: { ...HANDSHAKE_LIMITS, window: Math.ceil(HANDSHAKE_LIMITS.window / info.speed) },
    handshakes: join(regionDirectory(flags), 'handshakes'),
    remedies: trustStoreRemedies(config),
    notices: info.notices,
    worldName: (account) => `REHEARSAL ${account}`,
    signal,
  })
}

/** A real server takes its time to restart, and an application to come back, whatever the speed. In milliseconds. */
const REAL_RESTART = 10_000

/** AWS's delays are divided by the speed, and so is the patience with them; looking more often than five times a second helps nobody. */
const scaledPatience = ({ observe, settle, every }: Patience, speed: number): Patience => ({
  observe: Math.ceil(observe / speed),
  settle: Math.max(REAL_RESTART, Math.ceil(settle / speed)),
  every: Math.max(200, Math.ceil(every / speed)),
})

function printFaults(flags: RehearseFlags): ExitCode {
  const faults = listFaults()
  if (asksFor(flags) === 'json') for (const fault of faults) output.json(fault)
  else for (const line of table(faults.map(({ name, sentence }) => [name, sentence]))) output.line(line)
  return EXIT.done
}
