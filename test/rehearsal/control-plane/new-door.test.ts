import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BLOCK, openNewDoor, portRange, type PortRange } from '../../../src/rehearsal/process/new-door.ts'

const RANGE = portRange()
/** The last blocks of what this process may use. */
const lastBlocks = (count: number): PortRange => ({ first: RANGE.last + 1 - count * BLOCK, last: RANGE.last })

const silent = (): void => {}

async function open(count: number, range: PortRange) {
  const opened = await openNewDoor(count, silent, range)
  onTestFinished(() => opened.door.close())
  return opened.ports
}

async function squat(port: number): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
}

describe('the ports of a new rehearsal', () => {
  it('are of different blocks, however many are set up at once, and then there are none', async () => {
    const range = lastBlocks(4)
    const ports = await Promise.all([open(10, range), open(63, range), open(0, range), open(5, range)])
    expect(ports.map(({ length }) => length)).toEqual([11, 64, 1, 6])
    const blocks = ports.map((own) => new Set(own.map((port) => Math.floor((port - range.first) / BLOCK))))
    expect(blocks.map(({ size }) => size)).toEqual([1, 1, 1, 1])
    expect(new Set(blocks.flatMap((own) => [...own])).size).toBe(4)
    await expect(openNewDoor(1, silent, range)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  })

  it('are never of a block whose servers still run though its API is gone', async () => {
    const range = lastBlocks(2)
    await squat(range.first + 7)
    expect((await open(3, range))[0]).toBe(range.first + BLOCK)
    await expect(openNewDoor(3, silent, range)).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`between ${range.first} and ${range.last}`),
    })
  })

  it('can be looked for elsewhere', () => {
    const read = (text: string) => portRange({ RDS_CA_RUNBOOK_REHEARSAL_PORTS: text })
    expect(portRange({})).toEqual({ first: 20_000, last: 31_999 })
    expect(read('1024-1087')).toEqual({ first: 1024, last: 1087 })
    for (const bad of ['', '1024', '1024-1086', '0-100', '65500-65600', '31999-20000', 'a-b', '20000-31999 '])
      expect(() => read(bad), bad).toThrow(/RDS_CA_RUNBOOK_REHEARSAL_PORTS.*FIRST-LAST.*Nothing was started/)
  })
})
