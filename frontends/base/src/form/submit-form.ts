/** What a page with a script does instead of sending a form. */

import type { MizanError } from '@mizan/protocol'

import type { Form } from './form.ts'

/** Submits `form`, and puts the focus on the first input of `element` that something is wrong with. */
export async function submitForm<Args, Result, Failure extends MizanError>(
  form: Form<Args, Result, Failure>,
  element: EventTarget | null,
): Promise<void> {
  await form.submit()
  const { errors } = form.read()
  if (!(element instanceof HTMLFormElement)) return
  for (const control of element.elements) {
    // cast: not a list, which only same names of radio buttons are
    const path = control.getAttribute('data-path')
    if (path === null || !Object.hasOwn(errors, path)) continue
    if (control instanceof HTMLElement) control.focus()
    return
  }
}
