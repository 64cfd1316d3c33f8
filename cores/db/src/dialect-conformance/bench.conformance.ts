/** What the parts of the dialect suite share: one database with its tables, runs, rows. */

import { sql } from 'kysely'
import {
  createDbClient,
  createStatements,
  type Database,
  type DialectPackage,
  toSnapshot,
} from '../index.ts'
import type { DataScope } from '../index.ts'
import * as schema from '../test-schema.conformance.ts'

const { people, projects, tasks } = schema

/** An empty database of one dialect. */
export interface ConformanceDatabase extends AsyncDisposable {
  readonly dialect: DialectPackage
  /** The same with a single connection, where {@link ConformanceDatabase.dialect} has more. */
  readonly narrow?: DialectPackage
  /** @default 2^63 - 1 */
  readonly largestInteger?: bigint
}

/** A client of the suite's tables. */
export type Client = Database<typeof schema>

/** The observations of one run. */
export interface Recorder {
  readonly scope: DataScope
  readonly reads: Set<string>
  readonly writes: Set<string>
}

/** Makes a recorder. */
export function record(transaction?: DataScope['transaction']): Recorder {
  const [reads, writes] = [new Set<string>(), new Set<string>()]
  const scope: DataScope = {
    principal: () => undefined,
    signal: undefined,
    transaction,
    observe(observation) {
      for (const tag of observation.reads) reads.add(tag)
      for (const tag of observation.writes) writes.add(tag)
    },
  }
  return { scope, reads, writes }
}

/** Something that one part of a test waits for and another says. */
export function signal(): { readonly raised: Promise<void>; readonly raise: () => void } {
  let raise: () => void = () => undefined
  const raised = new Promise<void>((resolve) => {
    raise = resolve
  })
  return { raised, raise: () => raise() }
}

/** What the parts of the suite work with. */
export interface DialectBench extends AsyncDisposable {
  readonly database: ConformanceDatabase
  readonly db: Client
  /** Runs `work` as one run of a function would; the recorder holds what it observed. */
  inRun(work: () => Promise<unknown>, transaction?: DataScope['transaction']): Promise<Recorder>
  /** A text that no row has yet. */
  next(): string
  createId(
    run: () => Promise<unknown>,
    find: () => Promise<{ id: number } | undefined>,
  ): Promise<number>
  addPerson(email?: string): Promise<number>
  addProject(slug?: string, ownerId?: number | null): Promise<number>
  addTask(projectId: number, title?: string): Promise<number>
}

/** Opens a database and makes the suite's tables in it. */
export async function openBench(open: () => Promise<ConformanceDatabase>): Promise<DialectBench> {
  let scope: DataScope | undefined
  const database = await open()
  const db = createDbClient({ schema, dialect: database.dialect, scope: () => scope })
  for (const statement of createStatements(toSnapshot(schema), database.dialect.ddl)) {
    await sql.raw(statement).execute(db)
  }

  /** Runs `work` as one run of a function would; the recorder holds what it observed. */
  async function inRun(
    work: () => Promise<unknown>,
    transaction?: DataScope['transaction'],
  ): Promise<Recorder> {
    const recorder = record(transaction)
    scope = recorder.scope
    try {
      await work()
    } finally {
      scope = undefined
    }
    return recorder
  }

  let counter = 0
  const next = (): string => `n${++counter}`
  const createId = async (
    run: () => Promise<unknown>,
    find: () => Promise<{ id: number } | undefined>,
  ): Promise<number> => {
    await run()
    const row = await find()
    return row?.id ?? Number.NaN
  }
  const addPerson = (email = `${next()}@example.com`): Promise<number> =>
    createId(
      () => db.insert(people).values({ email, displayName: email }).execute(),
      () => db.selectFrom('people').select('id').where('email', '=', email).executeTakeFirst(),
    )
  const addProject = (slug = next(), ownerId: number | null = null): Promise<number> =>
    createId(
      () => db.insert(projects).values({ slug, ownerId }).execute(),
      () => db.selectFrom('projects').select('id').where('slug', '=', slug).executeTakeFirst(),
    )
  const addTask = (projectId: number, title = next()): Promise<number> =>
    createId(
      () => db.insert(tasks).values({ projectId, title }).execute(),
      () => db.selectFrom('tasks').select('id').where('title', '=', title).executeTakeFirst(),
    )

  return {
    database,
    db,
    inRun,
    next,
    createId,
    addPerson,
    addProject,
    addTask,
    async [Symbol.asyncDispose]() {
      await db.destroy()
      await database[Symbol.asyncDispose]()
    },
  }
}
