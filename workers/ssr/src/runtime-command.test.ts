import { join } from 'node:path'
import { MizanError } from '@mizan/protocol'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { runtimeCommand } from './runtime-command.ts'

const find = (): string => {
  throw new MizanError('UNAVAILABLE', 'there is no Bun here')
}

test('where there is no Bun, Node renders, and says so', async () => {
  await using folder = await temporaryFolder()
  const worker = join(folder.path, 'worker.mjs')
  const said: string[] = []
  const command = runtimeCommand(
    worker,
    { worker, flags: ['--a'] },
    { find, onOutput: (text) => void said.push(text) },
  )
  expect(command.file).toBe(process.execPath)
  expect([command.arguments[0], command.arguments.at(-1)]).toEqual(['--a', worker])
  expect(said).toEqual([expect.stringMatching(/^There is no Bun .* "npm install bun"\n$/)])
})

test('where there is neither Bun nor what Node would need, it is Bun that is missing', async () => {
  await using folder = await temporaryFolder()
  const worker = join(folder.path, 'worker.tsx')
  const command = (runtime?: 'node') => () =>
    runtimeCommand(
      worker,
      { worker, ...(runtime && { runtime }) },
      { find, onOutput: () => undefined },
    )
  expect(command()).toThrow('there is no Bun here')
  expect(command('node')).toThrow('run "npm install tsx", or build it to JavaScript')
})

test('Bun is asked to install nothing, and to watch the server before anything else', () => {
  const worker = '/app/worker.tsx'
  const { file, arguments: words } = runtimeCommand(
    worker,
    { worker, bun: '/bin/bun' },
    { find, onOutput: find },
  )
  expect(file).toBe('/bin/bun')
  expect(words[0]).toBe('--no-install')
  expect(words[1]).toMatch(/^--preload=.*watch-server\.[jt]s$/)
  expect(words.slice(-2)).toEqual(['run', worker])
})
