import type { Binding } from './binding.ts'
import { MODES, type Command, type Mode } from './command.ts'
import {
  attestOff,
  beginOff,
  cancelOff,
  confirmOff,
  decideOff,
  goOnOff,
  lookOff,
  remedyOff,
  resolveOff,
  suspendOff,
  waiveOff,
} from './off.ts'

type Shape = readonly [keys: readonly string[], shown: string, label: string, help: string]

const onScreen = (command: Command, [keys, shown, label, help]: Shape, off?: Binding['off']): Binding => ({
  command,
  modes: ['screen'],
  keys,
  shown,
  label,
  help,
  footer: off !== undefined,
  ...(off && { off }),
})
const within = (
  modes: readonly Mode[],
  command: Command,
  [keys, shown, label, help]: Shape,
  footer = false,
): Binding => ({
  command,
  modes,
  keys,
  shown,
  label,
  help,
  footer,
})

const LISTS = ['screen', 'reader', 'wave', 'chooser'] as const

/** Every key. The first binding of a mode that has the key is the one that counts. */
export const BINDINGS: readonly Binding[] = [
  onScreen(
    'go-on',
    [
      ['enter'],
      'Enter',
      'go on',
      'Do everything that needs no person: look, wait for AWS, look again. It sends nothing.',
    ],
    goOnOff,
  ),
  onScreen('look', [['l'], 'l', 'look', 'Look again at the selected step.'], lookOff),
  onScreen(
    'decide',
    [['d'], 'd', 'decide', 'Take a decision: target CA, twin, environment, applications, when.'],
    decideOff,
  ),
  onScreen(
    'waive',
    [['w'], 'w', 'waive', 'Account for a client by name, or go on without proof, with a typed reason.'],
    waiveOff,
  ),
  onScreen(
    'attest',
    [['a'], 'a', 'attest', 'Put a named person’s word on record, with a ticket and an end.'],
    attestOff,
  ),
  onScreen('remedy', [['f'], 'f', 'fix', 'Have mended what this session can mend.'], remedyOff),
  onScreen(
    'confirm',
    [['c'], 'c', 'confirm', 'See the request, why its gate is closed, or confirm it by typing the name.'],
    confirmOff,
  ),
  onScreen(
    'begin',
    [['s'], 's', 'sequence', 'Begin another sequence: renewal, rollback, cancellation, outage. It sends nothing.'],
    beginOff,
  ),
  onScreen(
    'resolve',
    [['o'], 'o', 'resolve', 'See what became of a change that was sent and has no answer on record.'],
    resolveOff,
  ),
  onScreen(
    'cancel',
    [['x'], 'x', 'stop', 'Stop what is being done for this database. Nothing is undone, nothing is lost.'],
    cancelOff,
  ),
  onScreen('refresh', [['r'], 'r', 'refresh', 'Take in what others have put on record.'], () => undefined),
  onScreen('reply', [
    ['y'],
    'y',
    'reply',
    'Take in a line that an application’s people sent back; pasting it does the same.',
  ]),
  within(LISTS, 'up', [['up', 'k'], 'Up k', 'up', 'Up, in the pane that has the focus.']),
  within(LISTS, 'down', [['down', 'j'], 'Down j', 'down', 'Down, in the pane that has the focus.']),
  within(LISTS, 'start', [['home', 'g'], 'Home g', 'first', 'To the first.']),
  within(LISTS, 'end', [['end', 'G'], 'End G', 'last', 'To the last.']),
  onScreen('right', [['right'], 'Right', 'deeper', 'From databases to steps to the page of a step.']),
  onScreen('left', [['left', 'esc'], 'Left Esc', 'back', 'From the page to steps to databases.']),
  onScreen('next-pane', [['tab'], 'Tab', 'pane', 'The focus to the next pane.']),
  onScreen('previous-pane', [['shift+tab'], 'Shift-Tab', 'pane', 'The focus to the pane before.']),
  onScreen('next-database', [['n'], 'n', 'next database', 'The next database.']),
  onScreen('previous-database', [['p'], 'p', 'database before', 'The database before.']),
  onScreen('step', [
    ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'],
    '1-9 0',
    'step',
    'Step 01 to 09; 0 is step 10.',
  ]),
  onScreen('filter', [
    ['/'],
    '/',
    'list',
    'List the databases that hold some words: of a name, an account, a Region, an engine, a CA.',
  ]),
  within(['screen', 'reader', 'wave'], 'page-up', [['pageup', 'b'], 'PgUp b', 'page up', 'Scroll the page up.']),
  within(['screen', 'reader', 'wave'], 'page-down', [
    ['pagedown', ' '],
    'PgDn Space',
    'page down',
    'Scroll the page down.',
  ]),
  onScreen('messages', [['m'], 'm', 'messages', 'What was said so far, and what is to be known of this session.']),
  onScreen('waves', [
    ['v'],
    'v',
    'waves',
    'Which databases go together, and how far each wave is; run one, confirmed by its name and number.',
  ]),
  within(
    ['wave'],
    'halt',
    [['h'], 'h', 'halt', 'Put a halt to all waves, in every process, with a typed reason.'],
    true,
  ),
  within(['wave'], 'stop-wave', [['x'], 'x', 'stop', 'Stop the wave here. Nothing is undone, nothing is lost.'], true),
  within(['wave'], 'close', [['esc'], 'Esc', 'to the screen', 'To the screen; the wave goes on.'], true),
  onScreen('help', [['?'], '?', 'help', 'This list.']),
  onScreen('quit', [
    ['q'],
    'q',
    'quit',
    'End the program. What is on record stays; the next start goes on from there.',
  ]),
  within(['chooser'], 'choose', [['enter'], 'Enter', 'choose', 'Choose it.'], true),
  within(['reader'], 'close', [['esc', 'enter', 'q', '?'], 'Esc', 'close', 'Back.'], true),
  within(['chooser', 'typing'], 'close', [['esc'], 'Esc', 'back', 'Back; nothing is put on record.'], true),
  within(['typing'], 'submit', [['enter'], 'Enter', 'done', 'Send it off.'], true),
  within(['typing'], 'next-field', [['tab', 'down'], 'Tab', 'next field', 'To the next field.']),
  within(['typing'], 'previous-field', [['shift+tab', 'up'], 'Shift-Tab', 'field before', 'To the field before.']),
  within(['typing'], 'page-up', [['pageup'], 'PgUp', 'read up', 'Scroll what is to be read up.']),
  within(['typing'], 'page-down', [['pagedown'], 'PgDn', 'read on', 'Scroll what is to be read down.'], true),
  within(['typing'], 'erase', [['backspace'], 'Backspace', 'erase', 'Erase the character before the cursor.']),
  within(['typing'], 'erase-ahead', [['delete', 'ctrl+d'], 'Delete', 'erase', 'Erase the character under the cursor.']),
  within(['typing'], 'clear', [['ctrl+u'], 'Ctrl-U', 'clear', 'Erase the line.'], true),
  within(['typing'], 'cursor-left', [['left', 'ctrl+b'], 'Left', 'left', 'One character to the left.']),
  within(['typing'], 'cursor-right', [['right', 'ctrl+f'], 'Right', 'right', 'One character to the right.']),
  within(['typing'], 'cursor-start', [['home', 'ctrl+a'], 'Home', 'start', 'To the start of the line.']),
  within(['typing'], 'cursor-end', [['end', 'ctrl+e'], 'End', 'end', 'To the end of the line.']),
  within(MODES, 'redraw', [['ctrl+l'], 'Ctrl-L', 'redraw', 'Draw the screen anew.']),
  { ...within(MODES, 'suspend', [['ctrl+z'], 'Ctrl-Z', 'suspend', 'To the shell; fg comes back.']), off: suspendOff },
  within(MODES, 'interrupt', [
    ['ctrl+c'],
    'Ctrl-C',
    'interrupt',
    'End the program at once; a second time, without waiting for anything.',
  ]),
]

/** The binding of a key in a mode, if it has one. */
export const bindingOf = (mode: Mode, key: string): Binding | undefined =>
  BINDINGS.find(({ modes, keys }) => modes.includes(mode) && keys.includes(key))

export const bindingsOf = (mode: Mode): readonly Binding[] => BINDINGS.filter(({ modes }) => modes.includes(mode))
