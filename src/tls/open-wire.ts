import type { Wire } from '../ports/wire.ts'
import { capture, proofOf, type CaptureOptions } from './capture.ts'

export type WireOptions = CaptureOptions

/**
 * The wire as it is. Each `verify` is one TCP connection and one anonymous handshake, however the proof turns out: the
 * controls are put to the captured chain. That matters for MySQL, where each abandoned handshake counts towards
 * `max_connect_errors`, which blocks an address for everybody.
 */
export const openWire = (options: WireOptions): Wire => ({
  verify: async (question) => proofOf(await capture(question, options), question),
})
