/** Two people at once: neither ever receives what is the other's. */

import { expect, test } from 'vitest'
import { startBoard, type Visitor } from './board.ts'
import { bela, hiro } from './people.ts'

interface Seen {
  readonly visitor: Visitor
  readonly id: number | null
  readonly workspaces: readonly string[]
}

test.each([
  ['cached', true],
  ['uncached', false],
] as const)(
  '1,000 overlapping reads, %s: everybody gets their own currentUser',
  async (_how, cached) => {
    await using board = await startBoard({ cached })
    const people: readonly Seen[] = [
      { visitor: await board.signedIn(bela), id: bela, workspaces: ['Northwind Studio'] },
      { visitor: await board.signedIn(hiro), id: hiro, workspaces: ['Meadow Health'] },
      { visitor: board.visitor(), id: null, workspaces: [] },
    ]
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        // No pattern that a queue could line up with: who asks next depends on the index's bits.
        const person = people[(index * 7 + (index >> 3)) % people.length] as Seen // cast: the index is in range
        const { status, body } = await person.visitor.get('global')
        return { person, status, body }
      }),
    )
    for (const { person, status, body } of answers) {
      expect(status).toBe(200)
      expect(body.current_user?.id ?? null).toBe(person.id)
      expect(body.my_workspaces.map((workspace: { name: string }) => workspace.name)).toEqual(
        person.workspaces,
      )
    }
  },
)

test('while one person signs in and out, the other stays who they are', async () => {
  await using board = await startBoard()
  const steady = await board.signedIn(bela)
  const restless = board.visitor()
  const turns = (async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      await restless.call('sign_in', { person_id: hiro })
      const inside = await restless.get('global')
      expect(inside.body.current_user.id).toBe(hiro)
      await restless.call('sign_out', {})
      const outside = await restless.get('global')
      expect(outside.body.current_user).toBeNull()
    }
  })()
  const reads = Array.from({ length: 200 }, async () => {
    const { body } = await steady.get('global')
    expect(body.current_user.id).toBe(bela)
  })
  await Promise.all([turns, ...reads])
})
