/** What must be undone at the end, whether that comes early or late: the latest first. */
export class Undo {
  readonly #deeds: (() => Promise<void> | void)[] = []
  readonly #report: (error: unknown) => void
  #running: Promise<void> | undefined

  /** `report` hears of what could not be undone: it keeps nothing else from being. */
  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  add(deed: () => Promise<void> | void): void {
    this.#deeds.push(deed)
  }

  /** Undoes everything, once, however often it is called. */
  run(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  async #run(): Promise<void> {
    for (const deed of this.#deeds.toReversed()) {
      try {
        await deed()
      } catch (error) {
        this.#report(error)
      }
    }
  }
}
