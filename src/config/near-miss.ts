/** What a misspelt word was probably meant to be. */

/** The word of these that differs least from another, by few letters put in, left out, changed or swapped; undefined where none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const near = words
    .map((one) => ({ one, distance: distance(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, distance: letters }) => letters <= Math.max(1, Math.floor(one.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.one
}

/** How many letters differ (optimal string alignment). Words whose lengths are far apart are not compared. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 10) return Infinity
  /** The distances of the beginnings of `to` from beginnings of `from`: the one before last, the last. */
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, letters) => letters)
  const at = (row: readonly number[], column: number): number => row[column] ?? Infinity
  for (let row = 1; row <= from.length; row += 1) {
    const letter = from[row - 1]
    const next = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSwapped = row > 1 && column > 1 && letter === to[column - 2] && from[row - 2] === to[column - 1]
      next.push(
        Math.min(
          at(last, column) + 1,
          at(next, column - 1) + 1,
          at(last, column - 1) + (letter === to[column - 1] ? 0 : 1),
          isSwapped ? at(before, column - 2) + 1 : Infinity,
        ),
      )
    }
    before = last
    last = next
  }
  return at(last, to.length)
}
