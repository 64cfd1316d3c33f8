/** The data core, `pg` by hand, and other libraries. */

import type { Contestant } from './cases.ts'
import { drizzleContestants } from './drizzle.ts'
import { knexContestant } from './knex.ts'
import { kyselyContestant } from './kysely.ts'
import { mizanContestant } from './mizan.ts'
import { prismaContestants } from './prisma.ts'
import { pgContestants } from './raw-pg.ts'

/** All of them, with connections of their own. */
export async function contestants(url: string): Promise<readonly Contestant[]> {
  return [
    ...pgContestants(url),
    await mizanContestant(url),
    kyselyContestant(url),
    ...drizzleContestants(url),
    knexContestant(url),
    ...(await prismaContestants(url)),
  ]
}
