import type { ArtifactFunction, JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { contradictionsOf } from './contradictions.ts'

const file: JsonSchema = { type: 'string', format: 'binary', 'x-mizan': 'file' }
const upload = { name: 'photo', key: 'photo', schema: file, required: true }

/** Contradictions of one function beside a context `user` that has the param `user_id` and the function `profile`. */
function found(facts: Partial<ArtifactFunction>): string[] {
  const userId = { name: 'user_id', key: 'userId', schema: {}, required: true }
  return contradictionsOf({
    version: 1,
    digest: '0000000000000000',
    functions: {
      profile: {
        key: 'profile',
        source: 'src/users.ts#Users.profile',
        params: [userId],
        result: {},
        context: 'user',
      },
      it: { key: 'it', source: 'src/it.ts#Things.it', params: [], result: {}, ...facts },
    },
    contexts: { user: { functions: ['profile'], params: [userId] } },
    $defs: { Gallery: { type: 'array', items: { anyOf: [file, { type: 'null' }] } } },
  })
}

test.each<[Partial<ArtifactFunction>, string]>([
  [
    { context: 'user', affects: [{ context: 'user' }] },
    'a read of the context "user" cannot affect anything; it has both context and affects',
  ],
  [
    { context: 'user', merge: 'user' },
    'a read of the context "user" cannot merge; it has both context and merge',
  ],
  [
    { context: 'user', stream: true },
    'a read of the context "user" cannot stream: a context is answered as one object',
  ],
  [
    { context: 'user', private: true },
    'a read of the context "user" that is private can never run without a route',
  ],
  [
    { cache: { ttl: 5 } },
    'only reads of a context are cached; give it a context, or leave cache out',
  ],
  [{ methods: ['GET'] }, 'methods are those of a route, and it has none'],
  [{ view: true }, 'it returns a Response, which only a route can answer; give it a route'],
  [{ route: '/a/', methods: [] }, 'methods is empty, so that nothing reaches the route'],
  [{ route: '/a/', methods: ['PUT', 'PUT'] }, 'methods names one twice: PUT, PUT'],
  [{ route: '/:id/:id/' }, 'route "/:id/:id/" has a parameter twice'],
  [
    { route: '/a/', methods: ['GET'], affects: [{ context: 'user' }] },
    'it answers GET only, and nothing is affected by GET',
  ],
  [
    { route: '/a/', view: true, websocket: true },
    'it returns a Response, which the live socket cannot carry; leave websocket out',
  ],
  [
    { private: true, websocket: true },
    'it is private, so that no client calls it over the live socket',
  ],
  [{ upload: { maxFiles: 1 } }, 'upload has no effect: no parameter takes a File'],
  [
    { context: 'user', params: [upload] },
    'a read of a context has no body, and photo takes a File',
  ],
  [
    { route: '/a/', methods: ['GET'], params: [upload] },
    'it answers GET only, and photo takes a File',
  ],
  [
    { websocket: true, params: [{ ...upload, schema: { $ref: '#/$defs/Gallery' } }] },
    'the live socket carries no files, and photo takes a File',
  ],
  [{ timeout: 0 }, 'timeout is 1 to 2147483647 milliseconds, got 0'],
  [{ timeout: Number.NaN }, 'timeout is 1 to 2147483647 milliseconds, got NaN'],
  [{ context: 'user', cache: { ttl: -1 } }, 'cache.ttl is a number of seconds from 0, got -1'],
  [
    { context: 'user', cache: { staleFor: Number.POSITIVE_INFINITY } },
    'cache.staleFor is a number of seconds from 0, got Infinity',
  ],
  [{ rev: 1.5 }, 'rev is a whole number from 0, got 1.5'],
  [{ merge: 'user', stream: true }, 'a stream has no one result that could merge'],
  [{ merge: 'nobody' }, 'merge "nobody", but no function reads this context'],
  [
    { affects: [{ context: 'constructor' }] },
    'affects "constructor", but no function reads this context',
  ],
  [
    { affects: [{ context: 'user', function: 'avatar' }] },
    'affects "user", but "avatar" is none of its functions: profile',
  ],
  [
    { affects: [{ context: 'user', params: { userId: 5 } }] },
    'affects "user", but "userId" is none of its params: user_id',
  ],
])('%j stops the boot, naming class and member', (facts, problem) => {
  expect(found(facts)).toEqual([`it (src/it.ts#Things.it): ${problem}`])
})

test.each<Partial<ArtifactFunction>>([
  { context: 'user', cache: false },
  { context: 'user', route: '/u/', methods: ['GET'], view: true },
  { affects: [{ context: 'user', function: 'profile', params: { user_id: 5 } }], merge: 'user' },
  { upload: { maxFiles: 1 }, params: [{ ...upload, schema: { $ref: '#/$defs/Gallery' } }] },
  { private: true, route: '/hook/', affects: [{ context: 'user' }] },
  { stream: true, websocket: true, timeout: 1 },
])('%j contradicts nothing', (facts) => {
  expect(found(facts)).toEqual([])
})
