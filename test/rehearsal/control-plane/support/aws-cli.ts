import { execFile, execFileSync } from 'node:child_process'

export const HAS_AWS_CLI = ((): boolean => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the AWS CLI with nothing of this machine's configuration. */
export function aws(endpoint: string, ...args: readonly string[]): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'anything',
    AWS_SECRET_ACCESS_KEY: 'anything',
    AWS_DEFAULT_REGION: 'ap-northeast-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  }
  const whole = ['--endpoint-url', endpoint, '--output', 'json', ...args]
  return new Promise((resolve) => {
    execFile('aws', whole, { env, maxBuffer: 32 << 20 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}
