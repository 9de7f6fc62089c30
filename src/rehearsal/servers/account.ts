/** A user and group of the operating system, by number. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * The account that database servers run as: `nobody` where this program runs as root, because PostgreSQL refuses to run as root;
 * undefined (this program's own) everywhere else. By number: the name means other numbers on other systems, and is absent on some.
 */
export const serverAccount = (): Account | undefined =>
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
