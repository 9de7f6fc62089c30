import { Argument, Command, InvalidArgumentError, Option, type CommanderError } from 'commander'
import { DATABASE_SEQUENCES, type SequenceName } from '../rules/step.ts'
import { UI_KINDS } from '../ui/terminal.ts'
import { VERSION } from '../version.ts'
import type { BeginFlags } from './begin.ts'
import type { DefaultCaFlags } from './default-ca.ts'
import { bundleCommands } from './bundle.ts'
import type { CensusFlags } from './census.ts'
import type { CheckFlags } from './check.ts'
import type { CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { peopleCommands } from './people.ts'
import type { RehearseFlags } from './rehearse.ts'
import { WORLDS } from '../rehearsal/world.ts'
import type { PlanFlags } from './plan.ts'
import { settingUpCommands } from './setting-up.ts'
import { span } from './span.ts'
import type { StatusFlags } from './status.ts'
import { waveCommands } from './wave-commands.ts'
import type { TrustStoresFlags } from './trust-stores.ts'

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value]

const positive = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('must be a number above 0')
  return value
}

/** The flags that are the same everywhere. */
const common = (command: Command): Command =>
  command
    .option('--state-dir <dir>', 'where progress is saved (default: the XDG data directory)')
    .addOption(new Option('--ui <kind>', 'front end (default: tui on a terminal, else plain)').choices(UI_KINDS))
    .option('--json', 'short for --ui json: one JSON value a line')

const config = (): Option =>
  new Option('--config <file>', 'configuration (default: rds-ca-runbook.config.yaml here, if it is there)')
const reach = (): readonly Option[] => [
  new Option(
    '--connect <name:port=addr:port>',
    'reach an endpoint through a tunnel; the TLS name stays the endpoint’s (repeatable)',
  ).argParser(collect),
  new Option('--bundle-url <url>', 'where the trust bundle is (default: AWS’s own, by Region)'),
  new Option('--bundle-ca <file>', 'CA that vouches for the bundle’s server, beside the public ones (PEM)'),
]
const adding = (command: Command, options: readonly Option[]): Command =>
  options.reduce((all, option) => all.addOption(option), command)

/**
 * For commands on what is saved and declared, which reach nothing: they take the flags by which others do, so that one set serves all.
 * Not those that say which account and Region: what is printed would not be theirs alone.
 */
const saved = (command: Command): Command =>
  adding(
    common(command).addOption(config()),
    reach().map((option) => option.hideHelp()),
  )

const account = (command: Command): Command =>
  adding(
    common(command)
      .addOption(config())
      .option('--profile <name>', 'AWS profile')
      .option('--region <name>', 'AWS Region')
      .option('--profiles <names>', 'several AWS profiles, with commas: their accounts are looked into together')
      .option('--regions <names>', 'several AWS Regions, with commas; or all that are enabled'),
    reach(),
  )

const CODES = `
Exit codes: 0 done, 1 bug, 2 usage or configuration, 3 a gate is closed or waits, 4 looked and not proven or not settled in time,
5 AWS or network, 130 interrupted.`

/** The command line. Each command's own module is loaded when it is called. */
export function buildProgram(finish: (code: Promise<ExitCode>) => Promise<void>, signal: AbortSignal): Command {
  const program = new Command('rds-ca-runbook')
    .description(
      'Rotates the certificate authority of Amazon RDS and Aurora databases in a safe order. Without a command: the wizard.',
    )
    .version(VERSION)
    .addHelpText('after', CODES)
    .showHelpAfterError('(--help tells the flags)')
    .exitOverride()

  account(program)
    .option('--execute', 'let changes be confirmed and sent; without it nothing is ever sent (dry run)')
    .enablePositionalOptions()
    .action((flags: CommonFlags, { args: [word] }: Command) => {
      if (word !== undefined) program.error(`error: unknown command '${word}'`)
      return finish(import('./wizard.ts').then(({ wizard }) => wizard(flags, signal)))
    })
    // A flag before the command is the wizard's. Taken for the command's, and lost, it would look into another account or Region.
    .hook('preSubcommand', (_, command) => {
      const flags = program.options.filter((one) => program.getOptionValueSource(one.attributeName()) === 'cli')
      const given = flags.map(({ long }) => long).join(', ')
      if (given) program.error(`error: ${given}: put it after the command: rds-ca-runbook ${command.name()} ${given} …`)
    })

  common(program.command('rehearse'))
    .description('rehearse a whole rotation on this machine, against a simulated Region with real TLS databases')
    .option('--autopilot', 'play the operator too')
    .option('--serve', 'only keep the simulated Region up, for other clients')
    .option('--dry-run', 'send nothing, not even to the simulated Region')
    .option('--fault <name>', 'switch a fault on (repeatable)', collect)
    .option('--list-faults', 'name the faults')
    .addOption(
      new Option('--world <name>', 'two pairs of databases, or every kind in several accounts and Regions')
        .choices(WORLDS)
        .default('pairs'),
    )
    .option('--speed <n>', 'how many times faster than AWS', positive)
    .option('--reset', 'start over')
    .action((flags: RehearseFlags) => finish(import('./rehearse.ts').then(({ rehearse }) => rehearse(flags, signal))))

  account(program.command('status'))
    .description('what is there, and where each rotation stands')
    .option('--offline', 'by saved progress alone')
    .action((flags: StatusFlags) => finish(import('./status.ts').then(({ status }) => status(flags, signal))))

  account(program.command('fleet'))
    .description('what rotates when, in all accounts and Regions, by AWS’s date or ours, and whether it restarts')
    .action((flags: CommonFlags) => finish(import('./fleet.ts').then(({ fleet }) => fleet(flags, signal))))

  account(program.command('plan'))
    .argument('[database...]', 'their names (default: all)')
    .option('--wave <name>', 'the databases of this wave')
    .option('--out <file>', 'take a typed confirmation and write a plan that "apply" carries out; a new file')
    .description('what is proven, what is missing, and each request; sends nothing')
    .action((names: string[], flags: PlanFlags) =>
      finish(import('./plan.ts').then(({ plan }) => plan(names, flags, signal))),
    )

  account(program.command('apply'))
    .argument('<file>', 'a plan that "plan --out" wrote')
    .option('--execute', 'send what was approved; without it nothing is ever sent (dry run)')
    .description('carry out unattended what a plan holds, if nothing differs from what was approved')
    .action((file: string, flags: CommonFlags) =>
      finish(import('./apply.ts').then(({ apply }) => apply(file, flags, signal))),
    )

  waveCommands(program.command('wave'), account, finish, signal)

  account(program.command('default-ca'))
    .option('--to <ca>', 'the CA that new databases should get')
    .option('--execute', 'let it be confirmed and sent; without it nothing is ever sent (dry run)')
    .description('the CA that new databases of each account and Region get: show it, and change it as any change is')
    .action((flags: DefaultCaFlags) =>
      finish(import('./default-ca.ts').then(({ defaultCa }) => defaultCa(flags, signal))),
    )

  account(program.command('begin'))
    .addArgument(new Argument('<sequence>', 'what to begin').choices(DATABASE_SEQUENCES))
    .argument('<database>', 'its name')
    .option('--to <ca>', 'the CA to go to (a renewal keeps the one that is there)')
    .description('begin another rotation of a database: a renewal under the same CA, or the way back; sends nothing')
    .action((sequence: SequenceName, database: string, flags: BeginFlags) =>
      finish(import('./begin.ts').then(({ begin }) => begin(sequence, database, flags, signal))),
    )

  account(program.command('census'))
    .argument('<database>', 'its name')
    .option('--for <time>', 'watch for so long, for example 24h; goes on after a kill', span)
    .option('--every <time>', 'from one sample to the next (default: 60s)', span)
    .option(
      '--since-rotation',
      'who has connected anew since the new certificate is served; with --for, until all have',
    )
    .description('who is connected, with TLS or without, whose it is, and what cannot be seen; changes nothing')
    .action((database: string, flags: CensusFlags) =>
      finish(import('./census.ts').then(({ census }) => census(database, flags, signal))),
    )

  program
    .command('check')
    .argument('<host[:port]>', 'the database’s endpoint')
    .description('one TLS handshake without credentials: what a strictly verifying client says to this endpoint')
    .addOption(
      new Option('--engine <name>', 'wire protocol; mysql is MariaDB’s too (default: by port)').choices([
        'postgres',
        'mysql',
      ]),
    )
    .addOption(
      new Option('--bundle <file>', 'roots to trust (default: the Region’s saved bundle)').conflicts('trustStore'),
    )
    .option('--trust-store <file>', 'the roots that a client really uses: a PEM file, a directory, a Java key store')
    .option('--crl <file>', 'revocation lists (PEM); every CA of the chain then needs one')
    .option('--name <servername>', 'the name that the certificate must have (default: the host)')
    .option('--address <ip[:port]>', 'reach the host at another address, through a tunnel; the TLS name stays')
    .option('--direct-tls', 'PostgreSQL 17 and newer: TLS at once, as sslnegotiation=direct')
    .option('--once-more', 'MySQL: one more handshake than an hour may see; it counts like the others')
    .option('--state-dir <dir>', 'where bundles are saved (default: the XDG data directory)')
    .option('--json', 'one JSON value')
    .action((host: string, flags: CheckFlags) =>
      finish(import('./check.ts').then(({ check }) => check(host, flags, signal))),
    )

  saved(program.command('trust-stores'))
    .argument('[application...]', 'declared applications (default: all)')
    .option('--store <kind:path>', 'a store by itself, for example jks:/etc/trust.jks (repeatable)', collect)
    .option('--bundle <file>', 'what a store ought to hold (default: the Region’s saved bundle)')
    .option('--region <name>', 'AWS Region, for what has not been looked at yet')
    .description('what is in each trust store, and whether it is ready; saves nothing')
    .action((names: readonly string[], flags: TrustStoresFlags) =>
      finish(import('./trust-stores.ts').then(({ trustStores }) => trustStores(names, flags, signal))),
    )

  const journal = saved(program.command('journal'))
    .description('what is on record, line by line')
    .action((flags: CommonFlags) => finish(import('./journal.ts').then((module) => module.journal(flags))))
  saved(journal.command('verify'))
    .description('whether every journal is whole')
    .action((_flags: CommonFlags, command: Command) =>
      finish(
        import('./journal.ts').then(({ verifyJournals }) => verifyJournals(command.optsWithGlobals<CommonFlags>())),
      ),
    )

  saved(program.command('export'))
    .argument('<file>', 'a new file, or - for standard output')
    .description('hand saved progress over to a colleague')
    .action((file: string, flags: CommonFlags) =>
      finish(import('./hand-over.ts').then(({ exportProgress }) => exportProgress(file, flags))),
    )

  saved(program.command('import'))
    .argument('<file>', 'an exported file, or - for standard input')
    .description('take over what a colleague exported')
    .action((file: string, flags: CommonFlags) =>
      finish(import('./hand-over.ts').then(({ importProgress }) => importProgress(file, flags))),
    )

  settingUpCommands(program, account, finish, signal)
  bundleCommands(common(program.command('bundle')), common, finish, signal)
  peopleCommands(program, saved, finish)

  // Else a misspelt command would be "too many arguments" of the wizard's. Last: commands that are made later would inherit it.
  program.allowExcessArguments()
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(--help tells the flags)')
  return program
}

/** What commander's own errors come to: help and version are no errors. */
export const exitOfParsing = (error: CommanderError): ExitCode => (error.exitCode === 0 ? EXIT.done : EXIT.usage)
