import { CannotLogIn } from '../ports/sql.ts'

/** Waits for one query of an open session, for `timeout` milliseconds; after that the session is given up. */
export async function within<T>(
  work: Promise<T>,
  { timeout, what, giveUp }: { readonly timeout: number; readonly what: string; readonly giveUp: () => void },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      giveUp()
      reject(new CannotLogIn('TIMEOUT', `${what} took longer than ${timeout} ms; the session was given up.`))
    }, timeout)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
