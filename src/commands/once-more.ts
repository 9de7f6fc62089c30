import type { Handshakes } from '../manners/handshakes.ts'
import type { Remedy } from '../ui/session.ts'

/** One more handshake than an hour may see, for a person who asks for it by typing the endpoint. */
export const onceMoreRemedy = ({ onceMore }: Pick<Handshakes, 'onceMore'>): Remedy => ({
  label: 'make one more handshake now',
  cures: (_step, { shortfall: { code, args } }) =>
    (code === 'handshakes-spent' || code === 'handshakes-blocked') && typeof args['endpoint'] === 'string',
  typed: ({ shortfall }) => String(shortfall.args['endpoint']),
  async run(_desk, { shortfall }) {
    const endpoint = String(shortfall.args['endpoint'])
    return (await onceMore(endpoint))
      ? `one more handshake with ${endpoint} may be made, and counts as the others do`
      : `this hour’s extra handshake with ${endpoint} was made too: wait, or log in`
  },
})
