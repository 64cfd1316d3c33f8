import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { closeGracefully } from './close-gracefully.ts'

const program = fileURLToPath(new URL('../test/graceful-server.ts', import.meta.url))

interface Started extends AsyncDisposable {
  readonly child: ChildProcess
  readonly port: number
  output(): string
}

async function start(): Promise<Started> {
  const child = spawn(
    process.execPath,
    ['--conditions=@mizan/source', '--import', 'tsx', program],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await expect.poll(() => output).toMatch(/listening on \d+/)
  return {
    child,
    port: Number(/listening on (\d+)/.exec(output)?.[1]),
    output: () => output,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

interface Call {
  readonly fn: string
  readonly args: object
  readonly agent?: Agent
}

/** Body and status, or the error that took them. */
async function call(port: number, { fn, args, agent }: Call): Promise<string> {
  const sent = request({
    port,
    ...(agent && { agent }),
    path: `/api/mizan/call/${fn}/`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  sent.end(JSON.stringify(args))
  try {
    const [response] = await once(sent, 'response')
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return `${response.statusCode} ${text}`
  } catch (error) {
    return String(error)
  }
}

test('SIGTERM under load loses no request that was sent before it', async () => {
  await using server = await start()
  const { port, child } = server
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const answers: Promise<string>[] = []
  let isOver = false
  const load = Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      while (!isOver) {
        const answer = call(port, { fn: 'slow', args: { milliseconds: (index * 7) % 40 }, agent })
        answers.push(answer)
        await answer
      }
    }),
  )
  const stream = call(port, { fn: 'count', args: { up_to: 20 } })
  const slow = call(port, { fn: 'slow', args: { milliseconds: 900 } })
  await expect.poll(() => answers.length).toBeGreaterThan(200)
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  isOver = true
  await load
  const settled = await Promise.all(answers)
  expect(settled.filter((answer) => !/^200 {"result":\d+}$/.test(answer))).toEqual([])
  expect(await slow).toBe('200 {"result":900}')
  expect((await stream).endsWith('{"item":20}\n{"end":true}\n')).toBe(true)
  expect(await exited).toEqual([0, null])
  expect(server.output()).toContain('ended with 0')
  agent.destroy()
})

test('a second signal ends the process at once', async () => {
  await using server = await start()
  const slow = call(server.port, { fn: 'slow', args: { milliseconds: 60_000 } })
  await call(server.port, { fn: 'slow', args: { milliseconds: 0 } })
  const exited = once(server.child, 'exit')
  // Two at once would be one to the process.
  await expect
    .poll(() => {
      server.child.kill('SIGTERM')
      return server.child.signalCode
    })
    .toBe('SIGTERM')
  expect(await exited).toEqual([null, 'SIGTERM'])
  expect(await slow).toMatch(/ECONNRESET|socket hang up/)
})

test('an answer that never ends is cut, and the app is closed after everything else', async () => {
  const order: string[] = []
  const server = createServer(() => order.push('asked')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.on('close', () => order.push('server closed'))
  // cast: a listening TCP server's address is an object
  const { port } = server.address() as AddressInfo
  const lost = call(port, { fn: 'slow', args: {} })
  await expect.poll(() => order).toEqual(['asked'])
  const app = { close: async () => void order.push('app closed') }
  const closing = closeGracefully(server, app, { linger: 0, drain: 50 })
  expect(closeGracefully(server, app)).toBe(closing)
  await closing
  expect(order).toEqual(['asked', 'server closed', 'app closed'])
  expect(await lost).toMatch(/socket hang up|ECONNRESET/)
})
