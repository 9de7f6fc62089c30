import { execFile } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { infoAsJson, infoAsSentences } from '../../../src/rehearsal/region-info.ts'
import { startRegion } from './support/region.ts'

describe('how to reach a Region', () => {
  it('is one line of JSON for programs', async () => {
    const { region } = await startRegion({ faults: ['throttle'] })
    const line = infoAsJson(region.info())
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual(region.info())
    expect(Object.keys(JSON.parse(line) as object).slice(0, 7)).toEqual([
      'endpoint',
      'region',
      'accountId',
      'bundleUrl',
      'bundleFile',
      'requestLog',
      'databases',
    ])
  })

  it('is sentences for people, whose commands a shell takes as they are', async () => {
    const { region } = await startRegion({ mysql: false, faults: ['wrong-root:orders-staging'] })
    const text = infoAsSentences(region.info())
    expect(text).toContain('No MariaDB or MySQL server was found')
    expect(text).toContain('Switched on: wrong-root:orders-staging.')
    for (const { id, port } of region.info().databases)
      expect(text).toMatch(new RegExp(`${id} .*127\\.0\\.0\\.1:${port}`))
    const exported = /^ {2}(export .*)$/m.exec(text)?.[1]
    const said = await new Promise<string>((resolve) => {
      execFile('sh', ['-c', `${exported}; echo "$AWS_ENDPOINT_URL $AWS_REGION"`], (_error, out) => resolve(out))
    })
    expect(said).toBe(`${region.info().endpoint} ap-northeast-1\n`)
  })
})
