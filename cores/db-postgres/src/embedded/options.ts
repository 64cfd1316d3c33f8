/** What a caller may say about an embedded server. */

/** What {@link startEmbedded} needs to know. */
export interface EmbeddedOptions {
  /** The folder that keeps the cluster between runs; made when it is missing. */
  readonly dataDirectory: string
  /** Told what takes time and what is unusual, one line each. @default nothing is said */
  readonly logger?: EmbeddedLogger
  /** Gives up durability for speed: for databases that a test throws away. @default false */
  readonly ephemeral?: boolean
  /** Server settings, `name → value`, for example `{ wal_level: 'logical' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The one method of a logger that the launcher calls. */
export interface EmbeddedLogger {
  info(message: string): void
}
