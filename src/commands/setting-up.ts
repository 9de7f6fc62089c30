import { Option, type Command } from 'commander'
import type { CommonFlags } from './common.ts'
import type { ExitCode } from './exit-codes.ts'
import type { PolicyFlags } from './iam-policy.ts'
import type { InitFlags } from './init.ts'

const CONFIG = ['--config <file>', 'configuration (default: rds-ca-runbook.config.yaml here, if it is there)'] as const

/** The commands that set a session up: `init`, `config`, `iam-policy`. `account` adds the flags that reach an account. */
export function settingUpCommands(
  program: Command,
  account: (command: Command) => Command,
  finish: (code: Promise<ExitCode>) => Promise<void>,
  signal: AbortSignal,
): void {
  account(program.command('init'))
    .description('write a configuration from what AWS lists, with comments')
    .option('--out <file>', 'where to (default: rds-ca-runbook.config.yaml here; - prints it)')
    .option('--schema', 'write the JSON Schema beside it, for editors')
    .option('--force', 'over one that is there')
    .action((flags: InitFlags) => finish(import('./init.ts').then(({ init }) => init(flags, signal))))

  const config = program.command('config').description('about the configuration file')
  config
    .command('schema')
    .description('its JSON Schema')
    .action(() => finish(import('./config.ts').then(({ configSchema }) => configSchema())))
  config
    .command('check')
    .description('whether it can be used; asks nobody')
    .option(...CONFIG)
    .action((flags: CommonFlags) => finish(import('./config.ts').then(({ configCheck }) => configCheck(flags))))

  program
    .command('iam-policy')
    .description('the smallest IAM policy for what is declared; asks nobody')
    .option('--execute', 'for sending changes too')
    .addOption(
      new Option('--partition <name>', 'which of AWS’s (default: aws)').choices(['aws', 'aws-us-gov', 'aws-cn']),
    )
    .option(...CONFIG)
    // `--execute` is the program's own flag as well, which takes it first.
    .action((_flags: PolicyFlags, command: Command) =>
      finish(import('./iam-policy.ts').then(({ iamPolicy }) => iamPolicy(command.optsWithGlobals<PolicyFlags>()))),
    )
}
