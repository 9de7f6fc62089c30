import type { ApplicationReport, Applications, ApplicationSpec, DatabaseServer, DataPlane } from '../data-plane.ts'

/** The application that `--fault restart-loses-clients` keeps from coming back. */
const isTheOneThatGetsLost = ({ name }: ApplicationSpec): boolean => name.endsWith('-reports')

/**
 * The applications at work. Those that a fault may lose run apart, one for each of their databases, so that losing one
 * disturbs no other.
 */
export class ApplicationsRunning {
  readonly #main: Applications
  readonly #apart: ReadonlyMap<string, Applications>

  private constructor(main: Applications, apart: ReadonlyMap<string, Applications>) {
    this.#main = main
    this.#apart = apart
  }

  static async start(
    dataPlane: DataPlane,
    applications: readonly ApplicationSpec[],
    servers: readonly DatabaseServer[],
  ): Promise<ApplicationsRunning> {
    const others = applications.filter((application) => !isTheOneThatGetsLost(application))
    const apart = applications
      .filter((application) => isTheOneThatGetsLost(application))
      .flatMap((application) => application.databases.map((id) => ({ id, spec: { ...application, databases: [id] } })))
    const [main, ...groups] = await Promise.all([
      dataPlane.startApplications(others, servers),
      ...apart.map(async ({ id, spec }) => [id, await dataPlane.startApplications([spec], servers)] as const),
    ])
    return new ApplicationsRunning(main, new Map(groups))
  }

  reports(): readonly ApplicationReport[] {
    return [this.#main, ...this.#apart.values()].flatMap((group) => group.reports())
  }

  /** Ends one client of a database for good. */
  async lose(database: string): Promise<void> {
    await this.#apart.get(database)?.stop()
  }

  async stop(): Promise<void> {
    await Promise.all([this.#main, ...this.#apart.values()].map((group) => group.stop()))
  }
}
