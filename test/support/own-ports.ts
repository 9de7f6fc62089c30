/** Each of vitest's workers has ports of its own for its rehearsals: one that is started anew finds its own still free. */
const FIRST = 20_000
const LAST = 31_999
const SHARES = 6
const SIZE = Math.floor((LAST - FIRST + 1) / SHARES)

const share = Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES
process.env['RDS_CA_RUNBOOK_REHEARSAL_PORTS'] = `${FIRST + share * SIZE}-${FIRST + (share + 1) * SIZE - 1}`
