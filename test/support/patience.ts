/** For `expect.poll`: how long a condition may take on a machine that has much else to do, and how often to look. */
export const PATIENTLY = { timeout: 30_000, interval: 20 } as const
