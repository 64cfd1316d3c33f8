/** `mizan.config.ts`: what is generated from what, and where the database's schema stands. */

/** What can be generated besides the registry and the calls: hooks, forms, and documents for other tools. */
export const clientTargets = [
  'react',
  'vue',
  'svelte',
  'forms',
  'openapi',
  'json-schema',
  'mcp',
] as const

/** One of {@link clientTargets}. */
export type ClientTarget = (typeof clientTargets)[number]

/** Whether a text names a target. */
export function isTarget(text: unknown): text is ClientTarget {
  return clientTargets.some((target) => target === text)
}

/** A database that `@mizan/db` speaks to. What is generated for `d1` is applied by Wrangler. */
export type DialectName = 'postgres' | 'sqlite' | 'mysql' | 'd1'

/** Where the schema is, and what belongs to it. Paths are relative to the configuration. */
export interface DbConfig {
  /** The module that exports the tables. */
  readonly schema: string
  readonly dialect: DialectName
  /** The folder of the migrations. */
  readonly migrations: string
  /**
   * Schemas of PostgreSQL that are read besides the one that is searched first and those of the schema module: for
   * `introspect`, `adopt`, `drift` and `studio`.
   *
   * @default none
   */
  readonly schemas?: readonly string[]
  /**
   * A server on which scratch databases may be made, to prove migrations on; never the live one, and as old as that.
   *
   * @default in memory (SQLite), an embedded server (PostgreSQL)
   */
  readonly scratch?: string
  /**
   * The folder of the seeds.
   *
   * @default 'seeds'
   */
  readonly seeds?: string
}

/** What `mizan.config.ts` exports. Paths are relative to it. */
export interface MizanConfig {
  /** Globs of the modules whose marked functions are served; `!` excludes. */
  readonly functions: readonly string[]
  /**
   * The folder of the generated files.
   *
   * @default 'mizan'
   */
  readonly out?: string
  /**
   * The UI libraries to generate hooks for, and what else is generated.
   *
   * @default []
   */
  readonly targets?: readonly ClientTarget[]
  /**
   * The base path of the protocol.
   *
   * @default '/api/mizan'
   */
  readonly base?: string
  readonly db?: DbConfig
}

/** Gives `mizan.config.ts` its type; returns what it is given. */
export function defineConfig(config: MizanConfig): MizanConfig {
  return config
}
