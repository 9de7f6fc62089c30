import { Option, type Command } from 'commander'
import { MESSAGE_FORMATS } from '../people/message/message.ts'
import { PROBE_KINDS } from '../people/probe/probe.ts'
import { PROBE_ENGINES } from '../rules/asking.ts'
import type { AskFlags } from './ask.ts'
import type { CommonFlags } from './common.ts'
import type { ExitCode } from './exit-codes.ts'
import type { ProbeScriptFlags } from './probe-script.ts'

/** The commands about the people who own applications: asking them, the probe that they run, and what they send back. `saved` adds the flags of commands on what is saved. */
export function peopleCommands(
  program: Command,
  saved: (command: Command) => Command,
  finish: (code: Promise<ExitCode>) => Promise<void>,
): void {
  saved(program.command('ask'))
    .argument('[application]', 'its name')
    .option('--owner <name>', 'everything of one owner')
    .option('--all', 'every owner of whom something is open')
    .addOption(new Option('--format <kind>', 'how the message is written (default: mail)').choices(MESSAGE_FORMATS))
    .option('--out <dir>', 'write messages, and the probes that go with them, into a folder for each owner')
    .option('--by <day>', 'by when the answer is wanted, YYYY-MM-DD in UTC (default: in a week)')
    .option('--change-on <day>', 'the day on which the databases are changed')
    .option('--reply-to <where>', 'where the answers go (default: to whoever sent the message)')
    .option('--anew', 'put a new question: earlier answers count no more once it is answered')
    .description(
      'one message for each owner: what is changed, what would break, what to do, what to check; sends nothing',
    )
    .action((application: string | undefined, flags: AskFlags) =>
      finish(import('./ask.ts').then(({ ask }) => ask(application, flags))),
    )

  saved(program.command('replies'))
    .argument('<from>', 'a file, a folder, or - for standard input')
    .description('take in the lines that come back, whatever mail and chat put around them')
    .action((from: string, flags: CommonFlags) =>
      finish(import('./replies.ts').then(({ replies }) => replies(from, flags))),
    )

  saved(program.command('probe-script'))
    .addOption(new Option('--kind <language>', 'what runs it (default: node)').choices(PROBE_KINDS))
    .option('--application <name>', 'the application that it is for; its question is put on record')
    .option('--database <name>', 'one of its databases (default: all)')
    .option('--host <host[:port]>', 'any endpoint instead, for a person to read: it counts for nothing')
    .addOption(new Option('--engine <name>', 'wire protocol of --host (default: by port)').choices(PROBE_ENGINES))
    .option('--region <name>', 'the Region whose roots are looked for, with --host (default: by the host)')
    .description('print one file to run where an application lives; it prints the line that replies takes in')
    .action((flags: ProbeScriptFlags) =>
      finish(import('./probe-script.ts').then(({ probeScript }) => probeScript(flags))),
    )
}
