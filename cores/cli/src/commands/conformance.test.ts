import { mizan } from '@mizan/node'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import { upgrade } from '@mizan/node'
import { expect, test } from 'vitest'
import { main } from '../main.ts'
import type { Terminal } from '../terminal.ts'

interface Kept extends Terminal {
  readonly printed: string[]
  readonly complaints: string[]
}

function keeping(): Kept {
  const printed: string[] = []
  const complaints: string[] = []
  return {
    printed,
    complaints,
    print: (text: string) => void printed.push(text),
    say: () => undefined,
    complain: (text: string) => void complaints.push(text),
    dim: (text: string) => text,
  } as Kept
}

test('a server that speaks the protocol is told so, section by section, sockets included', async () => {
  await using app = createFixtureApp()
  await using server = await nodeServer(mizan(app))
  upgrade(server.server, app)
  const terminal = keeping()
  const code = await main(['conformance', `${server.url}/api/mizan/`], { terminal })
  expect(terminal.complaints).toEqual([])
  const [text = ''] = terminal.printed
  expect(text).toMatch(/^5 Invalidation$/m)
  expect(text).toMatch(/^10 Live$/m)
  expect(text).toMatch(/all \d+ rules hold$/)
  expect(code).toBe(0)
})

test('what does not hold is shown with what was sent, expected and received; --json is for machines', async () => {
  await using server = await nodeServer((_, response) => void response.end('{}'))
  const terminal = keeping()
  const words = ['conformance', server.url, '--section', '1 Names', '--json']
  expect(await main(words, { terminal })).toBe(1)
  const answer = JSON.parse(terminal.printed[0] ?? '') as {
    ok: boolean
    result: { holds: number; fails: number; rules: { holds: boolean; message?: string }[] }
  }
  expect(answer).toMatchObject({ ok: false, result: { holds: 0 } })
  expect(answer.result.rules.every(({ holds, message }) => !holds && message !== '')).toBe(true)
  const plain = keeping()
  await main(words.slice(0, -1), { terminal: plain })
  expect(plain.printed[0]).toMatch(/FAILS {2}functions.*\n.*POST \/api\/mizan\/call\//)
})

test('no server, no URL and no section are said in a line', async () => {
  const terminal = keeping()
  expect(await main(['conformance', 'http://127.0.0.1:1'], { terminal })).toBe(1)
  expect(await main(['conformance', 'localhost'], { terminal })).toBe(2)
  await using server = await nodeServer((_, response) => void response.end('{}'))
  expect(await main(['conformance', server.url, '--section', 'nope'], { terminal })).toBe(2)
  expect(terminal.complaints).toEqual([
    expect.stringContaining('nothing answers at http://127.0.0.1:1/api/mizan'),
    expect.stringContaining('is no URL of a server'),
    expect.stringContaining('there are 1 Names on the wire'),
  ])
})
