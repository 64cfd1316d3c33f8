import { describe, expect, it } from 'vitest'

import { boardServer } from '../../test/board-server.ts'
import { updateTask } from '../../test/board-client.ts'
import type { CallDescriptor } from '../descriptors.ts'
import type { FormDescriptor } from '../form-descriptor.ts'
import { createKernel } from '../kernel.ts'
import { createForm } from './create-form.ts'
import type { FormOptions } from './form-options.ts'

interface Line {
  name: string
  count: number
}

interface OrderArgs {
  taskId: number
  title: string
  dueAt?: Date
  size: 'small' | 'large'
  isGift: boolean
  lines: Line[]
  note?: string | null
}

const order: CallDescriptor<OrderArgs, void> = {
  name: 'update_task',
  artifact: '0123456789abcdef',
  args: {
    ...updateTask.args,
    size: { wire: 'size' },
    isGift: { wire: 'is_gift' },
    lines: { wire: 'lines' },
    note: { wire: 'note' },
  },
  decode: () => undefined,
}

const orderForm: FormDescriptor<OrderArgs, void> = {
  call: order,
  fields: {
    taskId: { kind: 'number', wire: 'task_id', required: true, default: 5 },
    title: { kind: 'text', wire: 'title', required: true, minLength: 3, maxLength: 10 },
    dueAt: { kind: 'date', wire: 'due_at', required: false },
    size: { kind: 'choice', wire: 'size', required: true, options: ['small', 'large'] },
    isGift: { kind: 'boolean', wire: 'is_gift', required: true },
    lines: {
      kind: 'list',
      wire: 'lines',
      required: true,
      minItems: 1,
      maxItems: 3,
      item: {
        kind: 'group',
        wire: '',
        required: true,
        fields: [
          { kind: 'text', wire: 'name', required: true, minLength: 1 },
          { kind: 'number', wire: 'count', required: true, min: 1, step: 1 },
        ],
      },
    },
    note: { kind: 'text', wire: 'note', required: false, nullable: true },
  },
}

const good: Partial<OrderArgs> = {
  title: 'Chairs',
  size: 'large',
  lines: [{ name: 'Chair', count: 4 }],
}

async function startForm(options: FormOptions<OrderArgs, void> = {}) {
  const server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  return { server, form: createForm(kernel, orderForm, () => options) }
}

const refused = (issues: readonly { path: string; message: string }[]): string =>
  JSON.stringify({
    error: { code: 'VALIDATION_FAILED', message: 'It is not valid', details: issues },
  })

describe('a form', () => {
  it('says what is wrong with a field once that was left, and with all of them when it is sent', async () => {
    const { server, form } = await startForm()
    await using _ = server
    expect(form.read()).toMatchObject({ errors: {}, isValid: false, isDirty: false })
    form.set('title', 'ab')
    expect(form.read().errors).toEqual({})
    form.touch('title')
    expect(form.read().errors).toEqual({ title: 'This must have at least 3 characters' })
    expect(await form.submit()).toBeUndefined()
    expect(form.read().errors).toEqual({
      title: 'This must have at least 3 characters',
      size: 'This is needed',
      'lines.0.name': 'This is needed',
      'lines.0.count': 'This is needed',
    })
    expect(server.log).toEqual([])
  })

  it('sends what was typed as the types of the function have it', async () => {
    const { server, form } = await startForm({ initial: good })
    await using _ = server
    const sent: unknown[] = []
    const kernel = createKernel({ origin: server.origin }, (request, next) => {
      sent.push(request.args)
      return next(request)
    })
    const typed = createForm(kernel, orderForm, () => ({ initial: good }))
    typed.set('dueAt', '2026-01-02T10:30')
    typed.set('note', '')
    typed.set('lines.0.count', '12')
    await typed.submit()
    expect(sent).toEqual([
      {
        taskId: 5,
        title: 'Chairs',
        dueAt: new Date('2026-01-02T10:30:00Z'),
        size: 'large',
        isGift: false,
        lines: [{ name: 'Chair', count: 12 }],
        note: null,
      },
    ])
    expect(typed.read()).toMatchObject({ isSubmitted: true, isDirty: false, error: undefined })
    expect(form.read().isDirty).toBe(false)
  })

  it('is sent once, however often it is submitted meanwhile', async () => {
    const { server, form } = await startForm({ initial: good })
    await using _ = server
    const hold = server.hold('POST update_task')
    const first = form.submit()
    const second = form.submit()
    await hold.arrived
    const third = form.submit()
    expect(form.read().isSubmitting).toBe(true)
    hold.release()
    await Promise.all([first, second, third])
    expect(server.log).toEqual(['POST update_task'])
    expect(form.read().isSubmitting).toBe(false)
  })

  it('shows what the server finds at the same places, until the field is changed', async () => {
    const { server, form } = await startForm({ initial: good })
    await using _ = server
    server.answer(
      'POST update_task',
      422,
      refused([
        { path: 'due_at', message: 'is a holiday' },
        { path: 'lines.0.name', message: 'is sold out' },
        { path: 'elsewhere', message: 'is not yours' },
      ]),
    )
    await form.submit()
    expect(form.read().errors).toEqual({
      dueAt: 'is a holiday',
      'lines.0.name': 'is sold out',
      '': 'is not yours',
    })
    expect(form.field('lines.0.name').attributes).toMatchObject({
      name: 'lines.0.name',
      'aria-invalid': true,
    })
    form.set('lines.0.name', 'Table')
    expect(form.read().errors).toEqual({ dueAt: 'is a holiday' })
  })

  it('puts a declared error where the page says that it belongs', async () => {
    const { server, form } = await startForm({ initial: good, errorFields: { TAKEN: 'title' } })
    await using _ = server
    server.answer(
      'POST update_task',
      409,
      JSON.stringify({ error: { code: 'TAKEN', message: 'Somebody has it' } }),
    )
    await form.submit()
    expect(form.read()).toMatchObject({
      errors: { title: 'Somebody has it' },
      error: { code: 'TAKEN' },
    })
  })

  it('asks the page where no field is wrong on its own', async () => {
    const { server, form } = await startForm({
      initial: good,
      check: ({ isGift, lines }) =>
        isGift && lines.length > 1 ? { lines: 'One gift' } : undefined,
    })
    await using _ = server
    form.set('isGift', true)
    form.add('lines', { name: 'Table', count: 1 })
    await form.submit()
    expect(form.read().errors).toEqual({ lines: 'One gift' })
    expect(server.log).toEqual([])
  })

  it('keeps the errors and the keys of items that move, and forgets those of items that go', async () => {
    const { server, form } = await startForm({
      initial: { ...good, lines: ['a', 'b', 'c'].map((name) => ({ name, count: 1 })) },
    })
    await using _ = server
    const [a, b, c] = form.list('lines').items.map(({ key }) => key)
    form.set('lines.1.count', '0')
    form.touch('lines.1.count')
    form.move('lines', 1, 0)
    expect(form.read().errors).toEqual({ 'lines.0.count': 'This must be 1 or more' })
    expect(form.list('lines').items.map(({ key }) => key)).toEqual([b, a, c])
    expect(form.list('lines')).toMatchObject({ canAdd: false, canRemove: true })
    form.remove('lines', 0)
    expect(form.read().errors).toEqual({})
    expect(form.list('lines').items.map(({ key }) => key)).toEqual([a, c])
  })

  it('that came back without a script holds what was typed, and what is wrong with it', async () => {
    const { server, form } = await startForm({
      initial: good,
      returned: {
        code: 'VALIDATION_FAILED',
        message: 'It is not valid',
        issues: [{ path: 'due_at', message: 'is no date', expected: 'a date' }],
        values: [
          ['due_at', 'soon'],
          ['lines[0][name]', 'Table'],
          ['lines[0][count]', '2'],
          ['lines.1.name', 'Lamp'],
          ['is_gift', 'on'],
          ['csrf', 'secret'],
        ],
      },
    })
    await using _ = server
    expect(form.read()).toMatchObject({ errors: { dueAt: 'is no date' }, isDirty: true })
    expect(form.field('dueAt').draft).toBe('soon')
    expect(form.field('lines.1.name').draft).toBe('Lamp')
    expect(form.field('lines.0.count').draft).toBe('2')
    expect(form.field('isGift').attributes.checked).toBe(true)
  })

  it('asks the server for its opinion without running anything', async () => {
    const { server, form } = await startForm({ initial: good })
    await using _ = server
    const paths: string[] = []
    const kernel = createKernel({ origin: server.origin }, async ({ path, body }) => {
      paths.push(path, String(body))
      return { status: 200, body: { result: null } }
    })
    const other = createForm(kernel, orderForm, () => ({ initial: good }))
    expect(await other.validate()).toBe(true)
    expect(paths[0]).toBe('/validate/update_task/')
    expect(JSON.parse(paths[1] ?? '')).toMatchObject({ title: 'Chairs', task_id: 5 })
    expect(form.read().errors).toEqual({})
  })

  it('has attributes that hold without a script', async () => {
    const { server, form } = await startForm()
    await using _ = server
    expect(form.attributes).toEqual({
      action: '/api/mizan/call/update_task/',
      method: 'post',
      enctype: 'application/x-www-form-urlencoded',
    })
    expect(form.field('title').attributes).toMatchObject({
      type: 'text',
      name: 'title',
      required: true,
      minlength: 3,
      maxlength: 10,
    })
    expect(form.field('lines.0.count').attributes).toMatchObject({
      type: 'number',
      name: 'lines.0.count',
      min: 1,
      step: 1,
    })
    expect(form.field('note').attributes.required).toBe(false)
    expect(form.field('note', 'textarea').attributes.type).toBeUndefined()
    // @ts-expect-error -- there is no such field
    expect(() => form.field('nothing')).toThrow('there is no field nothing')
  })
})
