import { expectTypeOf } from 'vitest'
import {
  createDbClient,
  type DialectPackage,
  eq,
  integer,
  relations,
  serial,
  table,
  text,
  timestamptz,
} from './index.ts'

const people = table('people', { id: serial().primaryKey(), name: text().notNull() })
const posts = table('posts', {
  id: serial().primaryKey(),
  authorId: integer()
    .notNull()
    .references(() => people.id),
  editorId: integer().references(() => people.id),
  title: text().notNull(),
  at: timestamptz({ precision: 6 }),
})
const labels = table('labels', { id: serial().primaryKey(), name: text().notNull() })
const postLabels = table('post_labels', {
  postId: integer()
    .notNull()
    .references(() => posts.id),
  labelId: integer()
    .notNull()
    .references(() => labels.id),
})
const peopleRelations = relations(people, ({ many }) => ({
  written: many(posts, { relationName: 'author' }),
}))
const postRelations = relations(posts, ({ one, many }) => ({
  author: one(people, {
    fields: [posts.authorId],
    references: [people.id],
    relationName: 'author',
  }),
  editor: one(people, { fields: [posts.editorId], references: [people.id] }),
  maybe: one(people, { fields: [posts.authorId], references: [people.id], optional: true }),
  labels: many(labels, { through: postLabels }),
}))

declare const dialect: DialectPackage
const db = createDbClient({
  schema: { people, posts, labels, postLabels, peopleRelations, postRelations },
  dialect,
})

type Person = { id: number; name: string }

expectTypeOf(
  db.query.posts.findMany({
    columns: { title: true, at: true },
    with: {
      author: true,
      editor: true,
      maybe: { columns: { id: true } },
      labels: { columns: { name: true } },
    },
    _count: { labels: true },
  }),
).resolves.toEqualTypeOf<
  {
    title: string
    at: string | null
    author: Person
    editor: Person | null
    maybe: { id: number } | null
    labels: { name: string }[]
    _count: { labels: number }
  }[]
>()

// A relation that is asked for with `false` is not there.
expectTypeOf(db.query.people.findFirst({ with: { written: false } })).resolves.toEqualTypeOf<
  Person | undefined
>()

db.query.people.findMany({
  where: (p, { some, and, isNotNull }) =>
    and(
      isNotNull(p.name),
      some('written', (post, { none }) => none('labels', (l) => eq(l.name, 'x'))),
    ),
})
// @ts-expect-error people have no relation of this name
db.query.people.findMany({ with: { read: true } })
// @ts-expect-error no such relation in a filter
db.query.people.findMany({ where: (_, { some }) => some('read') })
// @ts-expect-error no such column
db.query.people.findMany({ columns: { mail: true } })
// @ts-expect-error a name is a text
db.query.people.findMany({ where: (p) => eq(p.name, 5) })
// @ts-expect-error one row has no limit
db.query.posts.findMany({ with: { author: { limit: 1 } } })
// @ts-expect-error no such strategy
db.query.posts.findMany({ strategy: 'magic' })
// @ts-expect-error a condition is asked for
db.query.posts.findUnique({})
// @ts-expect-error title is missing
db.insert(posts).values({ authorId: 1 })
// @ts-expect-error null is the absence of a value: isNull(posts.title)
eq(posts.title, null)

// Lists, and text where a Date has too few digits.
const grids = table('grids', {
  id: serial().primaryKey(),
  cells: integer().array().array().notNull(),
})
expectTypeOf<typeof grids.$inferSelect>().toEqualTypeOf<{ id: number; cells: number[][] }>()

const extended = db.$extends({
  result: {
    people: { shout: { needs: { name: true }, compute: (person) => person.name.toUpperCase() } },
  },
})
expectTypeOf(extended.query.people.findMany({ columns: { id: true } })).resolves.toEqualTypeOf<
  { id: number; shout: string }[]
>()

// A computed member sees what it needs, and no more.
const seeing = db.$extends({
  result: {
    posts: {
      long: { needs: { title: true }, compute: (post) => post.title.length > 80 },
      signed: {
        needs: { title: true, editorId: true },
        compute: (post) => ({ text: post.title, by: post.editorId }),
      },
    },
  },
  model: {
    people: {
      async byName(name: string) {
        return this.findFirst({ where: (person) => eq(person.name, name) })
      },
    },
  },
})
expectTypeOf(seeing.query.posts.findFirst({ columns: { id: true } })).resolves.toEqualTypeOf<
  { id: number; long: boolean; signed: { text: string; by: number | null } } | undefined
>()
expectTypeOf(seeing.people.byName('a')).resolves.toEqualTypeOf<Person | undefined>()
// @ts-expect-error id is not among its needs
db.$extends({ result: { posts: { bad: { needs: { title: true }, compute: (post) => post.id } } } })
// @ts-expect-error posts have no such column
db.$extends({ result: { posts: { bad: { needs: { name: true }, compute: () => 1 } } } })
// @ts-expect-error no such table
db.$extends({ result: { people2: { bad: { needs: {}, compute: () => 1 } } } })

// A table without relations has none to ask for.
// @ts-expect-error no relation
db.query.labels.findMany({ with: { posts: true } })
