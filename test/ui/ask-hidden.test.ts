/** A password that is typed: what comes out on the other side never holds it. */
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askHidden } from '../../src/ui/plain/ask-hidden.ts'

const typed = async (keys: string): Promise<{ readonly answer: string | undefined; readonly shown: string }> => {
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  let shown = ''
  stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  const answer = askHidden('Password: ', { stdin, stdout }, new AbortController().signal)
  stdin.write(keys)
  return { answer: await answer, shown }
}

test('what is typed comes back and is not shown', async () =>
  expect(await typed('hunter2\r')).toEqual({ answer: 'hunter2', shown: 'Password: \n' }))

test('a slip can be erased', async () => expect((await typed('hunterr\u007f2\r')).answer).toBe('hunter2'))

test.each(['\r', '\u0004'])('nothing typed (%j) is no password', async (keys) =>
  expect((await typed(keys)).answer).toBeUndefined(),
)

test('input that ends is no password', async () => {
  const stdin = new PassThrough()
  const answer = askHidden('Password: ', { stdin, stdout: new PassThrough() }, new AbortController().signal)
  stdin.end()
  expect(await answer).toBeUndefined()
})

test('it ends with the program', async () => {
  const abort = new AbortController()
  const asked = askHidden('Password: ', { stdin: new PassThrough(), stdout: new PassThrough() }, abort.signal)
  abort.abort(new Error('ended'))
  await expect(asked).rejects.toThrow('ended')
})
