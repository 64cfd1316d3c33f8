/** Forms in Vue; an entry of its own, as most pages show none. */

import { computed, type ComputedRef, onScopeDispose, shallowRef, useId, type VNode } from 'vue'

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

/** One field: `<label :for="id">`, `<input v-bind="input">`, `<p :id="errorId">{{ error }}</p>`. */
export interface FieldResult extends FormField {
  readonly input: FormField['attributes'] & {
    readonly onInput: (event: Event) => void
    readonly onChange: (event: Event) => void
    readonly onBlur: () => void
  }
}

/** For `<form v-bind="props">`. */
export interface FormProps {
  readonly action: string
  readonly method: 'post'
  readonly enctype: string
  readonly onSubmit: (event: Event) => void
  readonly onVnodeMounted: (vnode: VNode) => void
}

/** What {@link useForm} returns: refs, and functions that templates follow. */
export type FormResult<Args, Result, Failure extends MizanError = MizanError> = {
  readonly [Key in keyof FormState]: ComputedRef<FormState<Result, Failure>[Key]>
} & Omit<Form<Args, Result, Failure>, 'read' | 'subscribe' | 'field' | 'attributes' | 'change'> & {
    readonly props: FormProps
    /** @param type of the input, where another suits better: `password`, `date`, `textarea` */
    field(path: FieldPath<Args>, type?: string): FieldResult
  }

/** A form over a function: `useForm(updateProfileForm)`. */
export function useForm<Args, Result, Failure extends MizanError>(
  descriptor: FormDescriptor<Args, Result, Failure>,
  options: FormOptions<Args, Result, Failure> = {},
): FormResult<Args, Result, Failure> {
  const id = useId()
  const form = createForm(useMizan(), descriptor, () => ({ ...(id && { id }), ...options }))
  const { attributes, read, subscribe, field, list, change, ...methods } = form
  const state = shallowRef(read())
  onScopeDispose(subscribe(() => (state.value = read())))
  return {
    ...methods,
    errors: computed(() => state.value.errors),
    isDirty: computed(() => state.value.isDirty),
    isValid: computed(() => state.value.isValid),
    isSubmitting: computed(() => state.value.isSubmitting),
    progress: computed(() => state.value.progress),
    isSubmitted: computed(() => state.value.isSubmitted),
    result: computed(() => state.value.result),
    error: computed(() => state.value.error),
    props: {
      ...attributes,
      onSubmit(event) {
        event.preventDefault()
        void submitForm(form, event.currentTarget)
      },
      // What browsers say of a field they say in their own words; without a script they do.
      onVnodeMounted({ el }) {
        if (el instanceof HTMLFormElement) el.noValidate = true
      },
    },
    field(path, type) {
      void state.value
      const result = field(path, type)
      const onInput = (event: Event): void => change(path, event.currentTarget)
      const input = {
        ...result.attributes,
        onInput,
        onChange: onInput,
        onBlur: () => form.touch(path),
      }
      return { ...result, input }
    },
    list(path) {
      void state.value
      return list(path)
    },
  }
}
