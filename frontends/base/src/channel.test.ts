import { expect, it } from 'vitest'

import { channelHub, type ChannelHub } from '../test/channel-hub.ts'
import { type ChannelObservation, type ChannelOptions, observeChannel } from './channel.ts'
import type { ChannelDescriptor } from './descriptors.ts'
import { createKernel, type Kernel } from './kernel.ts'

interface Move {
  at: Date
  x: number
}

const cursors: ChannelDescriptor<{ taskId: number; since?: Date }, Move> = {
  name: 'cursors',
  artifact: '0123456789abcdef',
  params: {
    taskId: { wire: 'task_id' },
    since: { wire: 'since', encode: (value) => value.toISOString() },
  },
  encode: (move) => ({ ...move, at: move.at.toISOString() }),
  decode: (json) => {
    const move = json as { at: string; x: number } // cast: its JSON
    return { ...move, at: new Date(move.at) }
  },
}

function kernelOf(hub: ChannelHub, name: string): Kernel {
  return Object.assign(createKernel(), { channels: hub.transport(name) })
}

function observe(
  kernel: Kernel,
  options: ChannelOptions<Move> = {},
  taskId = 5,
): ChannelObservation<Move> {
  return observeChannel(kernel, cursors, { params: { taskId }, options: () => options })
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('joins when it is mounted, and knows who is there', async () => {
  const hub = channelHub()
  const ada = observe(kernelOf(hub, 'ada'))
  expect(ada.read().status).toBe('closed')
  const leave = ada.subscribe(() => {})
  expect(ada.read().status).toBe('joining')
  await settled()
  expect(ada.read()).toEqual({ status: 'joined', present: ['ada'], error: undefined })
  observe(kernelOf(hub, 'ben')).subscribe(() => {})
  await settled()
  expect(ada.read().present).toEqual(['ada', 'ben'])
  expect(hub.members()).toEqual(['ada cursors {"task_id":5}', 'ben cursors {"task_id":5}'])
  leave()
  await settled()
  expect(hub.members()).toEqual(['ben cursors {"task_id":5}'])
  expect(ada.read()).toEqual({ status: 'closed', present: [], error: undefined })
})

it('messages cross as the declared type, to those with equal params', async () => {
  const hub = channelHub()
  const moves: Move[] = []
  const others: Move[] = []
  const ada = observe(kernelOf(hub, 'ada'))
  ada.subscribe(() => {})
  observe(kernelOf(hub, 'ben'), { onMessage: (move) => moves.push(move) }).subscribe(() => {})
  observe(kernelOf(hub, 'cyd'), { onMessage: (move) => others.push(move) }, 6).subscribe(() => {})
  await settled()
  ada.send({ at: new Date(1), x: 2 })
  expect(moves).toEqual([{ at: new Date(1), x: 2 }])
  expect(others).toEqual([])
})

it('a lost connection shows, and what cannot be caught up with is told', async () => {
  const hub = channelHub()
  const seen: string[] = []
  let gaps = 0
  const ada = observe(kernelOf(hub, 'ada'), { onGap: () => gaps++ })
  ada.subscribe(() => seen.push(ada.read().status))
  await settled()
  seen.length = 0
  hub.reconnect({ gap: true })
  expect(seen).toEqual(['joining', 'joined'])
  expect(gaps).toBe(1)
})

it('a refusal is an error', async () => {
  const hub = channelHub()
  hub.refuse('FORBIDDEN')
  const ada = observe(kernelOf(hub, 'ada'))
  ada.subscribe(() => {})
  await settled()
  expect(ada.read()).toMatchObject({ status: 'closed', error: { code: 'FORBIDDEN' } })
})

it('who leaves and comes back within one task has not left', async () => {
  const hub = channelHub()
  const ada = observe(kernelOf(hub, 'ada'))
  const leave = ada.subscribe(() => {})
  await settled()
  leave()
  ada.subscribe(() => {})
  await settled()
  expect(hub.members()).toHaveLength(1)
  expect(ada.read().status).toBe('joined')
})

it('equal params have equal keys', () => {
  const kernel = createKernel()
  expect(observe(kernel).key).toBe(observe(kernel).key)
  expect(observe(kernel).key).not.toBe(observe(kernel, {}, 6).key)
})

it('without a layer that carries channels, mounting says which is missing', () => {
  expect(() => observe(createKernel()).subscribe(() => {})).toThrow(
    'cursors: channels need a live connection: give the kernel a layer that has one, createKernel(options, live())',
  )
})

it('nothing can be sent before it is mounted', () => {
  const hub = channelHub()
  expect(() => observe(kernelOf(hub, 'ada')).send({ at: new Date(1), x: 2 })).toThrow(
    'cursors: the channel is not joined yet',
  )
})
