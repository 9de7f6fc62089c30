/** The part of a list that is on screen: from an index up to, not including, another. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** As many as fit, with the selected one among them, in the middle where the list is longer on both sides. */
export function windowOf(count: number, selected: number, height: number): Window {
  const room = Math.max(0, Math.min(count, height))
  const from = Math.min(Math.max(0, selected - Math.floor(room / 2)), count - room)
  return { from, to: from + room }
}
