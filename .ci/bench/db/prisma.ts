/**
 * Prisma, if it is there: it is large, so it has a package of its own (`npm ci && npm run generate` in `.ci/bench/prisma`). Its schema
 * engine is downloaded from its vendor and is not needed to make a client.
 */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Contestant } from './cases.ts'

interface Query {
  findUnique(options: object): Promise<Record<string, unknown> | null>
  findMany(options: object): Promise<Record<string, unknown>[]>
  create(options: object): Promise<unknown>
}

interface Client {
  readonly user: Query
  readonly post: Query
  readonly entry: Query
  $disconnect(): Promise<void>
}

const folder = new URL('../prisma/', import.meta.url)
const client = new URL('dist/client.ts', folder)

/** None where it is not installed. */
export async function prismaContestants(url: string): Promise<Contestant[]> {
  if (!existsSync(fileURLToPath(client))) {
    process.stdout.write('  without Prisma: npm ci && npm run generate in .ci/bench/prisma\n')
    return []
  }
  const { PrismaClient } = (await import(client.href)) as {
    PrismaClient: new (options: { adapter: unknown }) => Client
  }
  const adapterPath = new URL('node_modules/@prisma/adapter-pg/dist/index.mjs', folder)
  const { PrismaPg } = (await import(adapterPath.href)) as {
    PrismaPg: new (options: { connectionString: string; max: number }) => unknown
  }
  const db = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10 }) })
  const withItems = { items: { orderBy: { id: 'asc' } } }
  return [
    {
      name: 'prisma',
      byKey: (id) => db.user.findUnique({ where: { id } }),
      insert: (userId) => db.entry.create({ data: { userId, title: 'An entry' } }),
      nestedOne: (id) => db.user.findUnique({ where: { id }, include: withItems }),
      nestedAll: () => db.user.findMany({ orderBy: { id: 'asc' }, include: withItems }),
      nestedUnindexed: async () =>
        (
          await db.user.findMany({
            orderBy: { id: 'asc' },
            include: { notes: { orderBy: { id: 'asc' } } },
          })
        ).map(({ notes, ...user }) => ({ ...user, items: notes })),
      page: (least) =>
        db.post.findMany({
          where: { likes: { gte: least } },
          orderBy: [{ likes: 'asc' }, { id: 'asc' }],
          take: 20,
        }),
      end: () => db.$disconnect(),
    },
  ]
}
