/** Whole processes: how long until the program has said something, against bare Node and the AWS CLI. */
import { join } from 'node:path'
import { inTurn, ms, ratio } from './measure.ts'

const program = join(import.meta.dirname, '..', 'bin', 'rds-ca-runbook.js')
const figures = inTurn(
  {
    'node -e 0': [process.execPath, '-e', '0'],
    'rds-ca-runbook --version': [process.execPath, program, '--version'],
    'rds-ca-runbook status --offline': [
      process.execPath,
      program,
      'status',
      '--offline',
      '--state-dir',
      '/nonexistent/none',
    ],
    'aws --version': ['aws', '--version'],
  },
  9,
)
console.log('Start-up, whole processes, median of 9:')
const rival = figures.get('aws --version')
const bare = figures.get('node -e 0')
for (const [name, figure] of figures) {
  const against = [bare && `${ratio(figure, bare)} of bare Node`, rival && `${ratio(figure, rival)} of aws --version`]
  console.log(`  ${name}: ${ms(figure)}, ${against.filter(Boolean).join(', ')}`)
}
