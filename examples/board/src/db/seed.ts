/** Fills an empty database: 3 workspaces, 12 people, 24 projects, about 2,400 tasks and 5,000 comments. */

import { priorities, type Priority, type Role, type Status } from '../model.ts'
import { positionStep } from '../server/position.ts'
import type { BoardDatabase } from '../server/database.ts'
import { bodies, objects, purposes, remarks, seedPeople, seedWorkspaces, verbs } from './phrases.ts'
import { createRandom, type Random } from './random.ts'

/** Options of {@link seed}. */
export interface SeedOptions {
  /** The day that due dates and comments are around. Everything else is the same on every run. @default today */
  readonly today?: Date
}

/** How many rows were written. */
export interface SeedResult {
  readonly people: number
  readonly projects: number
  readonly tasks: number
  readonly comments: number
}

const day = 86_400_000

/** Rows per INSERT: ten columns of these stay far below PostgreSQL's 65,535 parameters. */
const chunk = 500

/** How many comments a task has, and how often that is so. */
const remarksPerTask = [
  [0, 4],
  [1, 5],
  [2, 4],
  [3, 4],
  [4, 3],
  [6, 2],
] as const

/** Writes the board in one transaction. @returns `undefined` when there are people already: nothing is changed then */
export async function seed(
  db: BoardDatabase,
  options: SeedOptions = {},
): Promise<SeedResult | undefined> {
  if ((await db.selectFrom('people').select('id').limit(1).executeTakeFirst()) !== undefined)
    return undefined
  const today = startOfDay(options.today ?? new Date())
  return db.transaction(async (tx) => new Seeder(tx, today).run())
}

class Seeder {
  readonly #db: BoardDatabase
  readonly #today: number
  readonly #random: Random = createRandom(2026)
  #tasks = 0
  #comments = 0

  constructor(db: BoardDatabase, today: number) {
    this.#db = db
    this.#today = today
  }

  async run(): Promise<SeedResult> {
    const people = await this.#people()
    let projects = 0
    for (const workspace of seedWorkspaces) {
      const { id: workspaceId } = await this.#db
        .insertInto('workspaces')
        .values({ name: workspace.name, slug: workspace.slug })
        .returning('id')
        .executeTakeFirstOrThrow()
      const members = workspace.members.map(([index, role]) => ({
        personId: people[index] ?? 0,
        role,
      }))
      await this.#db
        .insertInto('members')
        .values(members.map((member) => ({ workspaceId, ...member })))
        .execute()
      for (const [index, [name, summary]] of workspace.projects.entries()) {
        await this.#project({ workspaceId, name, summary, isPublic: index < 2, members })
        projects += 1
      }
    }
    return { people: people.length, projects, tasks: this.#tasks, comments: this.#comments }
  }

  async #people(): Promise<number[]> {
    const rows = seedPeople.map((person, index) => ({
      name: person.name,
      title: person.title,
      email: `${toSlug(person.name).replace('-', '.')}@example.com`,
      hue: Math.round((index * 360) / seedPeople.length),
      staff: person.staff ?? false,
    }))
    return (await this.#db.insertInto('people').values(rows).returning('id').execute()).map(
      (row) => row.id,
    )
  }

  async #project({ members, ...project }: ProjectSeed): Promise<void> {
    const { id: projectId } = await this.#db
      .insertInto('projects')
      .values({ ...project, slug: toSlug(project.name), createdAt: this.#before(200) })
      .returning('id')
      .executeTakeFirstOrThrow()
    const writers = members
      .filter((member) => member.role !== 'viewer')
      .map((member) => member.personId)
    const rows = Array.from({ length: this.#random.between(85, 115) }, (_, index) =>
      this.#task(projectId, index, writers),
    )
    const tasks: SeededTask[] = []
    for (const part of chunks(rows)) {
      const query = this.#db
        .insertInto('tasks')
        .values(part)
        .returning(['id', 'title', 'status', 'createdAt'])
      tasks.push(...(await query.execute()))
    }
    this.#tasks += tasks.length
    await this.#remarks(tasks, writers)
    await this.#activity(projectId, tasks, writers)
  }

  #task(projectId: number, index: number, writers: readonly number[]): TaskSeed {
    const random = this.#random
    const status = random.weighted<Status>([
      ['todo', 42],
      ['doing', 16],
      ['review', 12],
      ['done', 30],
    ])
    const priority = random.weighted<Priority>(
      priorities.map((name, at) => [name, [18, 60, 17, 5][at] ?? 0]),
    )
    const createdAt = this.#before(120)
    return {
      projectId,
      title: `${random.pick(verbs)} ${random.pick(objects)}${random.pick(purposes)}`,
      body: random.pick(bodies),
      status,
      priority,
      assigneeId: random.next() < 0.78 ? random.pick(writers) : null,
      dueOn: random.next() < 0.45 ? toDate(this.#today + random.between(-12, 40) * day) : null,
      position: (index + 1) * positionStep,
      createdAt,
      updatedAt: createdAt,
    }
  }

  async #remarks(tasks: readonly SeededTask[], writers: readonly number[]): Promise<void> {
    const random = this.#random
    const rows = tasks.flatMap(({ id: taskId, createdAt }) =>
      Array.from({ length: random.weighted(remarksPerTask) }, () => ({
        taskId,
        authorId: random.pick(writers),
        body: random.pick(remarks),
        createdAt: this.#since(createdAt),
      })),
    )
    this.#comments += rows.length
    for (const part of chunks(rows)) await this.#db.insertInto('comments').values(part).execute()
  }

  async #activity(
    projectId: number,
    tasks: readonly SeededTask[],
    writers: readonly number[],
  ): Promise<void> {
    const rows = tasks.slice(-24).map((task) => {
      const moved = task.status !== 'todo'
      return {
        projectId,
        taskId: task.id,
        actorId: this.#random.pick(writers),
        kind: moved ? ('moved' as const) : ('created' as const),
        subject: task.title,
        detail: moved ? task.status : null,
        createdAt: this.#before(6),
      }
    })
    await this.#db.insertInto('activity').values(rows).execute()
  }

  /** A moment after `date`, before today. */
  #since(date: Date): Date {
    return new Date(
      date.getTime() + Math.floor(this.#random.next() * (this.#today - date.getTime())),
    )
  }

  /** A moment in the last `days` days. */
  #before(days: number): Date {
    return new Date(this.#today - Math.floor(this.#random.next() * days * day))
  }
}

interface SeededTask {
  readonly id: number
  readonly title: string
  readonly status: Status
  readonly createdAt: Date
}

interface ProjectSeed {
  readonly workspaceId: number
  readonly name: string
  readonly summary: string
  readonly isPublic: boolean
  readonly members: readonly { readonly personId: number; readonly role: Role }[]
}

interface TaskSeed {
  readonly projectId: number
  readonly title: string
  readonly body: string
  readonly status: Status
  readonly priority: Priority
  readonly assigneeId: number | null
  readonly dueOn: string | null
  readonly position: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += chunk) yield rows.slice(at, at + chunk)
}

function startOfDay(date: Date): number {
  return Math.floor(date.getTime() / day) * day
}

function toDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** `Website relaunch` → `website-relaunch`; letters lose their marks. */
function toSlug(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').replace(/ı/g, 'i').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
}
