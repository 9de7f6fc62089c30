/** A pane that shows part of its content. Rows. */
export interface Scroll {
  readonly offset: number
  /** Rows of content, and rows to see it through, as the last layout measured them; 0 before the first. */
  readonly content: number
  readonly view: number
  /** The furthest row that has been seen. */
  readonly seen: number
}

export const UNSCROLLED: Scroll = { offset: 0, content: 0, view: 0, seen: 0 }

export const lastOffset = ({ content, view }: Scroll): number => Math.max(0, content - view)

/** Whether there is something that nobody has seen yet: below, or not drawn so far. */
export const unread = ({ content, seen }: Scroll): boolean => content === 0 || seen < content

const clamped = (scroll: Scroll): Scroll => {
  const offset = Math.min(Math.max(0, scroll.offset), lastOffset(scroll))
  const seen = Math.max(scroll.seen, Math.min(scroll.content, offset + scroll.view))
  return offset === scroll.offset && seen === scroll.seen ? scroll : { ...scroll, offset, seen }
}

/** By so many rows; `'page'` leaves one row of what was seen. */
export function scrolled(scroll: Scroll, by: number | 'page-up' | 'page-down' | 'start' | 'end'): Scroll {
  const page = Math.max(1, scroll.view - 1)
  switch (by) {
    case 'page-up':
      return clamped({ ...scroll, offset: scroll.offset - page })
    case 'page-down':
      return clamped({ ...scroll, offset: scroll.offset + page })
    case 'start':
      return clamped({ ...scroll, offset: 0 })
    case 'end':
      return clamped({ ...scroll, offset: lastOffset(scroll) })
    default:
      return clamped({ ...scroll, offset: scroll.offset + by })
  }
}

/** After a layout. The same object when nothing changed, so that nothing is drawn again. */
export function measured(scroll: Scroll, content: number, view: number): Scroll {
  if (scroll.content === content && scroll.view === view) return scroll
  return clamped({ ...scroll, content, view })
}
