import type { Command } from 'commander'
import type { CommonFlags } from './common.ts'
import type { ExitCode } from './exit-codes.ts'

/**
 * `wave …`: several databases under one confirmation. A halt needs no account, and takes the flags of the run that it stops: whoever is in
 * haste calls the last command back and changes a word.
 */
export function waveCommands(
  wave: Command,
  account: (command: Command) => Command,
  finish: (code: Promise<ExitCode>) => Promise<void>,
  signal: AbortSignal,
): void {
  wave.description('change several databases under one confirmation, in the order that the configuration declares')
  account(wave.command('list'))
    .description('the waves, and how each stands')
    .action((flags: CommonFlags) => finish(import('./wave.ts').then(({ listWaves }) => listWaves(flags, signal))))
  account(wave.command('show'))
    .argument('<name>', 'the wave')
    .description('its databases in their order, and where each stands')
    .action((name: string, flags: CommonFlags) =>
      finish(import('./wave.ts').then(({ showWave }) => showWave(name, flags, signal))),
    )
  account(wave.command('run'))
    .argument('<name>', 'the wave')
    .option('--execute', 'let it be confirmed and sent; without it nothing is ever sent (dry run)')
    .description(
      'show every request, take one confirmation, and change them one after the other; run again, it goes on',
    )
    .action((name: string, flags: CommonFlags) =>
      finish(import('./wave.ts').then(({ run }) => run(name, flags, signal))),
    )
  account(wave.command('halt'))
    .requiredOption('--why <text>', 'what happened')
    .description('begin nothing more of any wave, in any process on this state directory')
    .action((flags: CommonFlags & { readonly why: string }) =>
      finish(import('./wave.ts').then(({ halt }) => halt(flags))),
    )
  account(wave.command('resume'))
    .description('take a halt back; sends nothing')
    .action((flags: CommonFlags) => finish(import('./wave.ts').then(({ resume }) => resume(flags))))
}
