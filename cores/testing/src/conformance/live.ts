/** PROTOCOL section 10: the live socket. */

import { closeCodes } from '@mizan/protocol'
import type { Section } from './conformance-case.ts'
import type { Talk } from './talk.ts'
import { Wire } from './wire.ts'

const item = (id: number) => ({ context: 'item', params: { item_id: id } })

export const live: Section = [
  '10 Live',
  [
    {
      rule: 'a function that says websocket: true is called over the socket, any other is NOT_FOUND',
      check: (talk) =>
        on(talk, async (wire) => {
          const call = { fn: 'live_echo', args: { text: 'x' } }
          wire.is(await wire.ask({ id: 1, call }), { id: 1, result: 'x' })
          for (const fn of ['echo', 'restock_item', 'item', 'no_such', '__proto__']) {
            wire.isError(await wire.ask({ id: 'n', call: { fn } }), 'n', 'NOT_FOUND')
          }
        }),
    },
    {
      rule: 'calls over the socket are guarded and validated, and errors leak nothing',
      check: (talk) =>
        on(talk, async (wire) => {
          wire.isError(await wire.ask({ id: 1, call: { fn: 'live_secret' } }), 1, 'UNAUTHORIZED')
          const wrong = { fn: 'live_echo', args: { text: 5 } }
          wire.isError(await wire.ask({ id: 2, call: wrong }), 2, 'VALIDATION_FAILED')
          const crash = await wire.ask({ id: 3, call: { fn: 'live_crash' } })
          wire.isError(crash, 3, 'INTERNAL')
          wire.expect(!JSON.stringify(crash).includes('hunter2'), 'no cause', crash)
        }),
    },
    {
      rule: 'the session cookie of the upgrade identifies',
      async check(talk) {
        await talk.signIn('ada')
        await on(talk, async (wire) => {
          wire.is(await wire.ask({ id: 1, call: { fn: 'live_secret' } }), {
            id: 1,
            result: 'a secret',
          })
        })
      },
    },
    {
      rule: 'subscribing answers with the bundle and its ETag, or without data when the client holds them',
      check: (talk) =>
        on(talk, async (wire) => {
          const first = await wire.ask({ id: 1, subscribe: item(201) })
          const wanted = { item: { id: 201, name: 'Item 201', stock: 10 }, item_notes: [] }
          wire.is({ data: first['data'] }, { data: wanted })
          const { etag } = first
          wire.expect(typeof etag === 'string', 'an etag', first)
          const http = await talk.get('ctx/item/?item_id=201')
          http.hasHeader('etag', String(etag))
          const again = await wire.ask({ id: 2, subscribe: { ...item(201), etag } })
          wire.is({ id: again['id'], result: again['result'] }, { id: 2, result: null })
          wire.expect(!Object.hasOwn(again, 'data'), 'no data', again)
        }),
    },
    {
      rule: 'a subscription has the guard of a GET',
      check: (talk) =>
        on(talk, async (wire) => {
          wire.isError(
            await wire.ask({ id: 1, subscribe: { context: 'staff' } }),
            1,
            'UNAUTHORIZED',
          )
          wire.isError(await wire.ask({ id: 2, subscribe: { context: 'nope' } }), 2, 'NOT_FOUND')
        }),
    },
    {
      rule: 'what a mutation changed is pushed to every client that shows it, and to no other',
      check: (talk) =>
        on(talk, (shows) =>
          on(talk.another(), async (other) => {
            await shows.ask({ id: 1, subscribe: item(202) })
            await other.ask({ id: 1, subscribe: item(203) })
            const renamed = await talk.another().call('rename_item', { item_id: 202, name: 'Pen' })
            renamed.hasStatus(200)
            const pushed = await shows.nextWith('invalidate')
            shows.expect(
              JSON.stringify(pushed['invalidate']) ===
                '[{"context":"item","params":{"item_id":202}}]' && Array.isArray(pushed['changed']),
              '{"invalidate":[{"context":"item","params":{"item_id":202}}],"changed":[…]}',
              pushed,
            )
            await other.isSilent()
          }),
        ),
    },
    {
      rule: 'a mutation that failed pushes nothing',
      check: (talk) =>
        on(talk, async (wire) => {
          await wire.ask({ id: 1, subscribe: item(204) })
          const failed = await talk.call('fail_after_invalidating', { item_id: 204 })
          failed.isError(500, 'INTERNAL')
          await wire.isSilent()
        }),
    },
    {
      rule: 'who unsubscribed is told nothing more',
      check: (talk) =>
        on(talk, async (wire) => {
          await wire.ask({ id: 1, subscribe: item(205) })
          wire.say({ id: 1, unsubscribe: true })
          await wire.isSilent()
          await talk.call('rename_item', { item_id: 205, name: 'x' })
          await wire.isSilent()
        }),
    },
    {
      rule: 'signing out closes the socket with 4401',
      async check(talk) {
        await talk.signIn('ada')
        await on(talk, async (wire) => {
          await wire.isSilent()
          await talk.call('sign_out')
          const code = await wire.closed()
          wire.expect(code === closeCodes.sessionEnded, 'the code 4401', { code })
        })
      },
    },
    {
      rule: 'a token that is not valid closes with 4401',
      check: (talk) =>
        on(talk, async (wire) => {
          wire.say({ auth: 'garbage' })
          const code = await wire.closed()
          wire.expect(code === closeCodes.sessionEnded, 'the code 4401', { code })
        }),
    },
    {
      rule: 'malformed frames are answered with coded errors, and the next frame works',
      check: (talk) =>
        on(talk, async (wire) => {
          for (const text of [
            '{',
            '[]',
            'null',
            '{"id":1}',
            '{"call":{"fn":"live_echo"}}',
            '{"id":{},"call":{"fn":"live_echo"}}',
            '{"__proto__":{"id":1,"call":{"fn":"live_echo"}}}',
          ]) {
            wire.isError(await wire.ask(text), text === '{"id":1}' ? 1 : undefined, 'BAD_REQUEST')
          }
          const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
          const frame = await wire.ask(`{"id":1,"call":{"fn":"live_echo","args":{"text":${deep}}}}`)
          wire.isError(frame, 1, 'BAD_REQUEST')
          await wire.isSilent()
        }),
    },
    {
      rule: 'a page of another origin gets no socket',
      async check(talk) {
        const refused = await Wire.open(talk, { origin: 'https://evil.example' }).then(
          (wire) => wire.close(),
          () => true,
        )
        if (refused !== true) {
          const answer = await talk.get('live/')
          throw answer.failure('no socket for the origin https://evil.example')
        }
      },
    },
    {
      rule: 'a message of a channel reaches everybody who joined, in order, with numbers that go up by one',
      check: (talk) =>
        on(talk, (first) =>
          on(talk.another(), async (second) => {
            const join = { channel: 'chat', params: { room: 'order' } }
            await first.ask({ id: 'a', join })
            await second.ask({ id: 'b', join })
            for (const text of ['1', '2', '3']) first.say({ id: 'a', send: { text } })
            let last: number | undefined
            for (const text of ['1', '2', '3']) {
              const { id, message, seq } = await second.nextWith('message')
              second.is({ id, message }, { id: 'b', message: { text } })
              const isNext = typeof seq === 'number' && (last === undefined || seq === last + 1)
              second.expect(isNext, 'a number one above the last', { seq, last })
              last = Number(seq)
            }
          }),
        ),
    },
    {
      rule: 'who joins again is given what it missed, and told when some of it is not kept',
      check: (talk) =>
        on(talk, async (wire) => {
          const join = { channel: 'chat', params: { room: 'missed' } }
          await wire.ask({ id: 1, join })
          wire.say({ id: 1, send: { text: 'seen' } })
          const { seq } = await wire.nextWith('message')
          wire.say({ id: 1, leave: true })
          for (const text of ['a', 'b']) await talk.call('announce', { room: 'missed', text })
          wire.say({ id: 2, join: { ...join, since: seq } })
          const { joined } = await wire.nextWith('joined')
          const { missed, gap } = joined as { missed: { message: unknown }[]; gap?: true } // cast: shown when it is not
          wire.is(
            { missed: missed.map(({ message }) => message), gap: gap ?? false },
            { missed: [{ text: 'a' }, { text: 'b' }], gap: false },
          )
          for (const text of ['c', 'd']) await talk.call('announce', { room: 'missed', text })
          wire.say({ id: 3, join: { ...join, since: seq } })
          const again = await wire.nextWith('joined')
          wire.expect(JSON.stringify(again).includes('"gap":true'), 'a gap', again)
        }),
    },
    {
      rule: 'a message that does not fit is VALIDATION_FAILED, and the join stays',
      check: (talk) =>
        on(talk, async (wire) => {
          await wire.ask({ id: 1, join: { channel: 'chat', params: { room: 'types' } } })
          wire.say({ id: 1, send: { text: 5 } })
          wire.isError(await wire.nextWith('error'), 1, 'VALIDATION_FAILED')
          wire.say({ id: 1, send: { text: 'fine' } })
          const { message } = await wire.nextWith('message')
          wire.is({ message }, { message: { text: 'fine' } })
        }),
    },
    {
      rule: 'a channel has a guard, and one without send takes no messages',
      check: (talk) =>
        on(talk, async (wire) => {
          const join = { channel: 'staff_news' }
          wire.isError(await wire.ask({ id: 1, join }), 1, 'UNAUTHORIZED')
          wire.isError(await wire.ask({ id: 1, send: { text: 'x' } }), 1, 'NOT_FOUND')
          const stella = await talk.another().signIn('stella')
          await on(stella, async (staff) => {
            await staff.ask({ id: 1, join })
            staff.say({ id: 1, send: { text: 'x' } })
            staff.isError(await staff.nextWith('error'), 1, 'FORBIDDEN')
          })
        }),
    },
    {
      rule: 'a mutation publishes when it has succeeded, and nothing when it failed',
      check: (talk) =>
        on(talk, async (wire) => {
          const room = 'mutation'
          await wire.ask({ id: 1, join: { channel: 'chat', params: { room } } })
          const failed = await talk.call('announce', { room, text: 'never', fail: true })
          failed.isError(500, 'INTERNAL')
          await talk.call('announce', { room, text: 'told' })
          const { message } = await wire.nextWith('message')
          wire.is({ message }, { message: { text: 'told' } })
        }),
    },
    {
      rule: 'everybody sees who comes and goes',
      async check(talk) {
        const join = { channel: 'chat', params: { room: 'presence' } }
        const ada = await talk.another().signIn('ada')
        await on(ada, async (wire) => {
          await wire.ask({ id: 1, join })
          const bob = await Wire.open(await talk.another().signIn('bob'))
          await bob.ask({ id: 1, join })
          for (const wanted of ['["ada","bob"]', '["ada"]']) {
            let frame = await wire.nextWith('present')
            while (JSON.stringify(frame['present']) !== wanted)
              frame = await wire.nextWith('present')
            bob.close()
          }
        })
      },
    },
  ],
]

async function on(talk: Talk, check: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = await Wire.open(talk)
  try {
    await check(wire)
  } finally {
    wire.close()
  }
}
