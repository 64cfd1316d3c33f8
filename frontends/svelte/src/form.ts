/** Forms in Svelte; an entry of its own, as most pages show none. */

import { createAttachmentKey } from 'svelte/attachments'
import { createSubscriber } from 'svelte/reactivity'

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

export type {
  FieldPath,
  FormItem,
  FormList,
  FormOptions,
  ListPath,
  ReturnedForm,
} from '@mizan/base/form'

/** One field: `<label for={field.id}>`, `<input {...field.input} />`, `<p id={field.errorId}>{field.error}</p>`. */
export interface FieldResult extends FormField {
  readonly input: FormField['attributes'] & {
    readonly oninput: (event: Event) => void
    readonly onchange: (event: Event) => void
    readonly onblur: () => void
  }
}

/** For `<form {...form.props}>`. */
export interface FormProps {
  readonly action: string
  readonly method: 'post'
  readonly enctype: 'multipart/form-data' | 'application/x-www-form-urlencoded'
  readonly onsubmit: (event: Event) => void
}

/** What {@link useForm} returns: getters, and functions that templates follow. Do not destructure it. */
export interface FormResult<Args, Result, Failure extends MizanError = MizanError>
  extends
    FormState<Result, Failure>,
    Omit<Form<Args, Result, Failure>, 'read' | 'subscribe' | 'field' | 'attributes' | 'change'> {
  readonly props: FormProps
  /** @param type of the input, where another suits better: `password`, `date`, `textarea` */
  field(path: FieldPath<Args>, type?: string): FieldResult
}

/** A form over a function: `useForm(updateProfileForm)`. Two of one function on a page need an `id` each. */
export function useForm<Args, Result, Failure extends MizanError>(
  descriptor: FormDescriptor<Args, Result, Failure>,
  options: FormOptions<Args, Result, Failure> = {},
): FormResult<Args, Result, Failure> {
  const form = createForm(useMizan(), descriptor, () => options)
  const { attributes, read, subscribe, field, list, change, ...methods } = form
  const follow = createSubscriber(subscribe)

  function state(): FormState<Result, Failure> {
    follow()
    return read()
  }

  return {
    ...methods,
    get errors() {
      return state().errors
    },
    get isDirty() {
      return state().isDirty
    },
    get isValid() {
      return state().isValid
    },
    get isSubmitting() {
      return state().isSubmitting
    },
    get progress() {
      return state().progress
    },
    get isSubmitted() {
      return state().isSubmitted
    },
    get result() {
      return state().result
    },
    get error() {
      return state().error
    },
    props: {
      ...attributes,
      onsubmit(event) {
        event.preventDefault()
        void submitForm(form, event.currentTarget)
      },
      // What browsers say of a field they say in their own words; without a script they do.
      [createAttachmentKey()]: (element: HTMLFormElement) => {
        element.noValidate = true
      },
    },
    field(path, type) {
      follow()
      const result = field(path, type)
      const oninput = (event: Event): void => change(path, event.currentTarget)
      const input = {
        ...result.attributes,
        oninput,
        onchange: oninput,
        onblur: () => form.touch(path),
      }
      return { ...result, input }
    },
    list(path) {
      follow()
      return list(path)
    },
  }
}
