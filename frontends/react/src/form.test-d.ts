/** What a form promises of its fields. */

import type { DeclaredError, ProtocolError } from '@mizan/base'
import type { FormDescriptor } from '@mizan/base/form'

import { useForm } from './form.ts'

interface Args {
  title: string
  dueAt?: Date
  lines: { name: string; tags: string[] }[]
  address: { street: string } | null
}

declare const orderForm: FormDescriptor<
  Args,
  number,
  DeclaredError<'TITLE_TAKEN', { by: string }> | ProtocolError
>

/** Paths are those of the arguments, and values have their types. */
export function Paths(): void {
  const form = useForm(orderForm, {
    initial: { title: 'Chairs' },
    errorFields: { TITLE_TAKEN: 'title' },
    check: ({ lines }) => (lines.length > 3 ? { 'lines.0.name': 'too many', '': 'no' } : undefined),
    onSuccess: (id) => id.toFixed(),
  })
  form.field('title')
  form.field('lines.0.tags.1')
  form.field('address.street')
  form.list('lines')
  form.list('lines.2.tags')
  form.set('dueAt', new Date(0))
  form.set('dueAt', '2026-01-02')
  form.set('lines.0.name', 'Chair')
  form.set('address', null)
  const taken: string | undefined =
    form.error?.code === 'TITLE_TAKEN' ? form.error.details.by : undefined
  const id: number | undefined = form.result
  void [taken, id]

  // @ts-expect-error -- there is no such field
  form.field('titel')
  // @ts-expect-error -- nor such a one below
  form.field('lines.0.nam')
  // @ts-expect-error -- a title is no list
  form.list('title')
  // @ts-expect-error -- another type
  form.set('dueAt', 5)
  // @ts-expect-error -- no error of this code
  useForm(orderForm, { errorFields: { OTHER: 'title' } })
  // @ts-expect-error -- a field that is not there
  useForm(orderForm, { errorFields: { TITLE_TAKEN: 'nothing' } })
  // @ts-expect-error -- another type
  useForm(orderForm, { initial: { title: 5 } })
}
