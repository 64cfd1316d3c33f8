/** Forms in React; an entry of its own, as most pages show none. */

import { type ChangeEvent, type FormEvent, useId, useMemo, useSyncExternalStore } from 'react'

import {
  createForm,
  type FieldPath,
  type Form,
  type FormDescriptor,
  type FormField,
  type FormOptions,
  type FormState,
  submitForm,
} from '@mizan/base/form'
import type { MizanError } from '@mizan/base'

import { useMizan } from './kernel-provider.ts'
import { useLatest } from './use-latest.ts'

export type {
  FieldPath,
  FormItem,
  FormList,
  FormOptions,
  ListPath,
  ReturnedForm,
} from '@mizan/base/form'

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** Props of an `<input>`, `<select>` or `<textarea>`. */
export interface InputProps extends Omit<FormField['attributes'], 'minlength' | 'maxlength'> {
  readonly minLength: number | undefined
  readonly maxLength: number | undefined
  readonly onChange: (event: ChangeEvent<Control>) => void
  readonly onBlur: () => void
}

/** One field: `<label htmlFor={id}>`, `<input {...input} />`, `<p id={errorId}>{error}</p>`. */
export interface FieldResult extends FormField {
  readonly input: InputProps
}

/** Props of the `<form>`. */
export interface FormProps {
  readonly action: string
  readonly method: 'post'
  readonly encType: string
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
  readonly ref: (element: HTMLFormElement | null) => void
}

/** What {@link useForm} returns. */
export interface FormResult<Args, Result, Failure extends MizanError = MizanError>
  extends
    FormState<Result, Failure>,
    Omit<Form<Args, Result, Failure>, 'read' | 'subscribe' | 'field' | 'attributes' | 'change'> {
  readonly props: FormProps
  /** @param type of the input, where another suits better: `password`, `date`, `textarea` */
  field(path: FieldPath<Args>, type?: string): FieldResult
}

/** A form over a function: `useForm(updateProfileForm)`. */
export function useForm<Args, Result, Failure extends MizanError>(
  descriptor: FormDescriptor<Args, Result, Failure>,
  options: FormOptions<Args, Result, Failure> = {},
): FormResult<Args, Result, Failure> {
  const kernel = useMizan()
  const id = useId()
  const latest = useLatest(options)
  const form = useMemo(
    () => createForm(kernel, descriptor, () => ({ id, ...latest() })),
    [kernel, descriptor, id, latest],
  )
  const state = useSyncExternalStore(form.subscribe, form.read, form.read)
  return useMemo(() => toResult(form, state), [form, state])
}

function toResult<Args, Result, Failure extends MizanError>(
  form: Form<Args, Result, Failure>,
  state: FormState<Result, Failure>,
): FormResult<Args, Result, Failure> {
  const { field, change, list, set, touch, add, remove, move, validate, submit, reset } = form
  const { action, method, enctype } = form.attributes
  return {
    ...state,
    ...{ list, set, touch, add, remove, move, validate, submit, reset },
    props: {
      action,
      method,
      encType: enctype,
      onSubmit(event) {
        event.preventDefault()
        void submitForm(form, event.currentTarget)
      },
      ref: sayOurselves,
    },
    field(path, type) {
      const result = field(path, type)
      const { minlength, maxlength, ...rest } = result.attributes
      const input: InputProps = {
        ...rest,
        minLength: minlength,
        maxLength: maxlength,
        onChange: (event) => change(path, event.currentTarget),
        onBlur: () => touch(path),
      }
      return { ...result, input }
    },
  }
}

/** What browsers say of a field they say in their own words; without a script they do. */
function sayOurselves(element: HTMLFormElement | null): void {
  if (element) element.noValidate = true
}
