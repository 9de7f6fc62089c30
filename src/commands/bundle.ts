import { Option, type Command } from 'commander'
import { FORMATS } from '../bundle/format.ts'
import type { FetchFlags } from './bundle/fetch.ts'
import type { HowtoFlags } from './bundle/howto.ts'
import type { WriteFlags } from './bundle/write.ts'
import type { CommonFlags } from './common.ts'
import type { ExitCode } from './exit-codes.ts'

/**
 * Defines `bundle` and what is below it. Each module is loaded when it is called.
 * @param bundle the command itself, with the common flags
 * @param common adds these to another command
 */
export function bundleCommands(
  bundle: Command,
  common: (command: Command) => Command,
  finish: (code: Promise<ExitCode>) => Promise<void>,
  signal: AbortSignal,
): void {
  const force = new Option('--force', 'replace what is there, even where it was not written by this program')

  bundle.description('trust bundles: fetch, look at, compare, write in each client’s format, and how clients use them')

  common(bundle.command('fetch'))
    .description(
      'the bundle that AWS publishes, over verified HTTPS; the saved one, with its age, where AWS is not reached',
    )
    .option('--region <name>', 'the roots of this Region (default: all Regions of the commercial partition)')
    .option('--global', 'with --region: all Regions of its partition (GovCloud and China have bundles of their own)')
    .option('--out <file>', 'write it here too, byte by byte as AWS publishes it')
    .option('--offline', 'use what was saved, and no network')
    .option('--bundle-url <url>', 'where the trust bundle is (default: AWS’s own)')
    .option('--bundle-ca <file>', 'CA that vouches for the bundle’s server, beside the public ones (PEM)')
    .addOption(force)
    .action((_: FetchFlags, command: Command) =>
      finish(import('./bundle/fetch.ts').then(({ fetch }) => fetch(command.optsWithGlobals<FetchFlags>(), signal))),
    )

  common(bundle.command('show'))
    .description('what is in a bundle, and whether it is sound')
    .argument('<file>', 'a PEM file')
    .option('--region <name>', 'the roots of this Region, with their thumbprints')
    .action((file: string, _: CommonFlags, command: Command) =>
      finish(import('./bundle/show.ts').then(({ show }) => show(file, command.optsWithGlobals<CommonFlags>()))),
    )

  common(bundle.command('diff'))
    .description('what changes for clients that have A and get B; exit 4 when B lacks a root that is valid')
    .argument('<a>', 'a PEM file')
    .argument('<b>', 'another')
    .action((a: string, b: string, _: CommonFlags, command: Command) =>
      finish(import('./bundle/diff.ts').then(({ diff }) => diff(a, b, command.optsWithGlobals<CommonFlags>()))),
    )

  common(bundle.command('write'))
    .description('write a bundle as clients need it')
    .argument('<file>', 'a PEM file')
    .addOption(
      new Option(
        '--format <format>',
        'one PEM file; one file a certificate; PKCS#12 for Java; a directory hashed for OpenSSL',
      )
        .choices(FORMATS)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'the file or directory to write')
    .option('--region <name>', 'the roots of this Region alone')
    .option('--password-file <file>', 'the password of a p12, on one line (default: Java’s "changeit")')
    .addOption(force)
    .action((file: string, _: WriteFlags, command: Command) =>
      finish(import('./bundle/write.ts').then(({ write }) => write(file, command.optsWithGlobals<WriteFlags>()))),
    )

  common(bundle.command('howto'))
    .description('how one client is made to verify with a bundle; without a client: which there are')
    .argument('[client]')
    .option('--bundle-file <file>', 'where the bundle lies on the client’s machine')
    .option('--host <name>', 'the endpoint')
    .action((client: string | undefined, _: HowtoFlags, command: Command) =>
      finish(import('./bundle/howto.ts').then(({ howto }) => howto(client, command.optsWithGlobals<HowtoFlags>()))),
    )
}
