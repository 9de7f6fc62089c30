// What `npm run soak` is made of.

/**
 * `files` are beginnings of paths below test/. `minutes` are reckoned from the CPU time that the parts took on two cores; how long they
 * really took is said as each ends.
 */
export const PARTS = [
  {
    name: 'samples',
    does: 'what draws at random, with many more draws: rules, hostile wires and stores, replies, the AWS CLI',
    minutes: 10,
    files: [],
  },
  {
    name: 'fleets',
    does: 'fleets and faults drawn from 500 seeds, driven by an operator who does only what the screen names',
    minutes: 25,
    files: ['runner/'],
  },
  {
    name: 'servers',
    does: 'drawn fleets, all faults of the wire and the full world on real servers',
    minutes: 10,
    files: ['rehearsal/real-fleets', 'rehearsal/wire-faults', 'rehearsal/control-plane/full-world-servers'],
  },
  {
    name: 'kill',
    does: 'kill -9 of program and Region at every kind of point, each start going on from where the last one died',
    minutes: 30,
    files: ['e2e/kill'],
  },
]

/** The part that has what no other names. */
const REST = PARTS[0]

const partOf = (file) => PARTS.find(({ files }) => files.some((beginning) => file.startsWith(beginning))) ?? REST

/**
 * The parts that were asked for, all without a word, each with its files. A word is a part's name, or is in the path of a file, of which
 * the part has then those alone. Throws where a word means nothing.
 */
export function soakOf(words, files) {
  const meant = (word) =>
    PARTS.some(({ name }) => name === word)
      ? files.filter((file) => partOf(file).name === word)
      : files.filter((file) => file.includes(word))
  for (const word of words)
    if (meant(word).length === 0)
      throw new Error(
        `Nothing is soaked under the name "${word}". The parts: ${PARTS.map(({ name }) => name).join(', ')}; or a word of a test file's path.`,
      )
  const asked = words.length === 0 ? files : files.filter((file) => words.some((word) => meant(word).includes(file)))
  return PARTS.map((part) => ({ ...part, files: asked.filter((file) => partOf(file) === part) })).filter(
    ({ files: some }) => some.length > 0,
  )
}
